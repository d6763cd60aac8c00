package io.unifluid.hostile.attack;

import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.Topics;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Times outside of any calendar. */
final class Times implements Attack {
    private static final long[] ABSURD = {
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1,
        -62_135_596_800_001L,
        -1,
        0,
        1,
        253_402_300_800_000L,
        Long.MAX_VALUE - 1,
        Long.MAX_VALUE
    };

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var deadlines = LongStream.of(ABSURD)
                .mapToObj(at -> arsenal.shot(
                        "absurd deadline",
                        arsenal.caption(arsenal.id())
                                .setDeadline(Instant.ofEpochMilli(at))
                                .build()));
        var sent = LongStream.of(ABSURD)
                .mapToObj(at -> arsenal.shot(
                        "absurd time of sending",
                        arsenal.caption(arsenal.id())
                                .setSubmittedAt(Instant.ofEpochMilli(at))
                                .build()));
        var stamped = LongStream.of(0, 1, 1_000_000_000_000L)
                .mapToObj(at -> arsenal.shot(
                                "old time stamp", arsenal.caption(arsenal.id()).build())
                        .at(at));
        var cancels = Arrays.stream(ABSURD).mapToObj(at -> {
            var id = arsenal.id();
            var control = Control.newBuilder()
                    .setRequestId(id)
                    .setKind(ControlKind.CANCEL)
                    .setIssuedAt(Instant.ofEpochMilli(at))
                    .build();
            return Shot.of("cancel at an absurd time", Topics.CONTROLS.name(), id, arsenal.bytes(control))
                    .meets(Fate.UNHEARD);
        });
        return Stream.of(deadlines, sent, stamped, cancels).flatMap(shots -> shots);
    }
}
