package io.unifluid.hostile.attack;

import io.unifluid.schemas.Topics;
import io.unifluid.testkit.PackedBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Batches of at most a few megabytes that hold more than any heap, or claim to. */
final class BatchBombs implements Attack {
    private static final int MEBI = 1024 * 1024;
    /** Records of a batch, each of which a topic would take. */
    private static final int ALLOWED = 4 * MEBI;

    private static final List<String> TOPICS =
            List.of(Topics.REQUESTS.name(), Topics.REQUESTS_INTERACTIVE.name(), Topics.CONTROLS.name());

    private static final List<CompressionType> CODECS =
            List.of(CompressionType.GZIP, CompressionType.ZSTD, CompressionType.LZ4, CompressionType.SNAPPY);

    /** By kind, for every round and run of this process: they are all the same, and a gigabyte takes seconds to pack. */
    private static final Map<String, MemoryRecords> PACKED = new ConcurrentHashMap<>();

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        for (var codec : CODECS) {
            // Megabytes; Snappy packs no more than this into what a topic takes.
            var sizes = codec == CompressionType.SNAPPY ? List.of(120) : List.of(120, 300, 1000);
            for (int size : sizes) {
                shots.add(shot(
                        "one record of " + size + " MB in " + codec.name,
                        arsenal,
                        () -> new PackedBatch(codec).zeros("bomb", size * MEBI).build()));
            }
            int most = sizes.getLast();
            shots.add(shot(
                    most + " MB of allowed records in " + codec.name,
                    arsenal,
                    () -> new PackedBatch(codec)
                            .zeros("bomb", ALLOWED, most * MEBI / ALLOWED)
                            .build()));
            shots.add(shot(
                    "a record that claims 2 GB in " + codec.name,
                    arsenal,
                    () -> new PackedBatch(codec).claiming("liar", 2_000_000_000).build()));
        }
        shots.add(shot(
                "4,000,000 headers of nothing",
                arsenal,
                () -> new PackedBatch(CompressionType.NONE)
                        .headers("flood", 4_000_000)
                        .build()));
        shots.add(shot(
                "100,000,000 headers of nothing in zstd",
                arsenal,
                () -> new PackedBatch(CompressionType.ZSTD)
                        .headers("flood", 100_000_000)
                        .build()));
        return shots.stream();
    }

    private static Shot shot(String kind, Arsenal arsenal, Supplier<MemoryRecords> batch) {
        var topic = TOPICS.get(arsenal.random().nextInt(TOPICS.size()));
        return Shot.of(
                kind,
                topic,
                arsenal.random().nextInt(arsenal.partitions()),
                () -> PACKED.computeIfAbsent(kind, _ -> batch.get()));
    }
}
