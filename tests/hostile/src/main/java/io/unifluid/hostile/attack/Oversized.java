package io.unifluid.hostile.attack;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Requests;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;

/** Records that are larger inside than outside, or as large as the topic takes. */
final class Oversized implements Attack {
    private static final int MEBI = 1024 * 1024;

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        return Stream.of(
                        compressed(arsenal),
                        Stream.of(
                                padded("id of 3 MB", arsenal, 3 * MEBI),
                                padded("id of 70,000 bytes", arsenal, 70_000),
                                picture(arsenal),
                                control("cancel with an id of 70,000 bytes", arsenal, 70_000),
                                control("cancel with an id of 3 MB", arsenal, 3 * MEBI)),
                        atTheLimit(arsenal))
                .flatMap(shots -> shots);
    }

    private static Stream<Shot> compressed(Arsenal arsenal) {
        return Stream.of(CompressionType.GZIP, CompressionType.ZSTD, CompressionType.LZ4, CompressionType.SNAPPY)
                .map(codec -> Shot.of(
                                "24 MB of zeros in " + codec.name, arsenal.intake(), arsenal.id(), new byte[24 * MEBI])
                        .by(codec));
    }

    /** One of them fits as it comes and not with the headers of a dead letter. */
    private static Stream<Shot> atTheLimit(Arsenal arsenal) {
        return IntStream.of(0, 60, 120, 200, 400, 2_000)
                .mapToObj(below -> Shot.of(
                        "junk within " + below + " bytes of the limit",
                        arsenal.intake(),
                        arsenal.id(),
                        new byte[Topics.MAX_RECORD_BYTES - 150 - below]));
    }

    private static Shot padded(String kind, Arsenal arsenal, int length) {
        return arsenal.shot(kind, arsenal.caption(pad(arsenal.id(), length)).build());
    }

    /** An inline picture as large as a record, where a quarter of a megabyte is allowed. */
    private static Shot picture(Arsenal arsenal) {
        return arsenal.shot(
                "picture of 7 MB inline",
                arsenal.request(arsenal.id())
                        .setTask(Caption.newBuilder().build())
                        .setImage(Requests.inline(arsenal.noise(7 * MEBI)))
                        .build());
    }

    private static Shot control(String kind, Arsenal arsenal, int length) {
        var id = pad(arsenal.id(), length);
        var control = Control.newBuilder()
                .setRequestId(id)
                .setKind(ControlKind.CANCEL)
                .build();
        return Shot.of(kind, Topics.CONTROLS.name(), id, arsenal.bytes(control)).meets(Fate.UNHEARD);
    }

    private static String pad(String id, int length) {
        var filler = new char[length - id.length()];
        Arrays.fill(filler, 'x');
        return id + new String(filler);
    }
}
