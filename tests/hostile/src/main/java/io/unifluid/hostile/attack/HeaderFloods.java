package io.unifluid.hostile.attack;

import io.unifluid.schemas.RecordHeaders;
import java.util.List;
import java.util.stream.Stream;

/** Headers by the thousand, by the megabyte, and with the names that the system gives to its own. */
final class HeaderFloods implements Attack {
    private static final List<String> OURS = List.of(
            RecordHeaders.REUSED,
            RecordHeaders.DLQ_TOPIC,
            RecordHeaders.DLQ_PARTITION,
            RecordHeaders.DLQ_OFFSET,
            RecordHeaders.DLQ_REASON,
            RecordHeaders.REDRIVES,
            RecordHeaders.CE_ID,
            "unifluid.released.request",
            "unifluid.released.attempt",
            "unifluid.released.key",
            "unifluid.released.ending",
            "unifluid.released.report",
            "unifluid.rerouted.topic",
            "unifluid.rerouted.partition",
            "unifluid.rerouted.offset",
            "unifluid.reply.topic");

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var many = sound(arsenal, "10,000 headers");
        for (int i = 0; i < 10_000; i++) {
            many = many.with("h" + i % 7, new byte[] {(byte) i});
        }
        var long3 = "n".repeat(100_000);
        return Stream.concat(
                Stream.of(
                        many,
                        sound(arsenal, "header of 2 MB").with("h", new byte[2 << 20]),
                        sound(arsenal, "header with a name of 100,000 characters")
                                .with(long3, new byte[1]),
                        sound(arsenal, "header without a value").with("h", null),
                        sound(arsenal, "traceparent of 1 MB").with(RecordHeaders.TRACEPARENT, new byte[1 << 20]),
                        sound(arsenal, "traceparent of noise").with(RecordHeaders.TRACEPARENT, arsenal.noise(55)),
                        sound(arsenal, "traceparent without a value").with(RecordHeaders.TRACEPARENT, null)),
                OURS.stream()
                        .flatMap(name -> Stream.of(
                                sound(arsenal, "header of ours").with(name, arsenal.noise(4)),
                                sound(arsenal, "header of ours").with(name, Shot.utf8(arsenal.someoneElsesId())),
                                sound(arsenal, "header of ours").with(name, null),
                                junk(arsenal, "header of ours on junk").with(name, arsenal.noise(4)))));
    }

    private static Shot sound(Arsenal arsenal, String kind) {
        return arsenal.shot(kind, arsenal.caption(arsenal.id()).build());
    }

    private static Shot junk(Arsenal arsenal, String kind) {
        return Shot.of(kind, arsenal.intake(), arsenal.id(), arsenal.noise(30));
    }
}
