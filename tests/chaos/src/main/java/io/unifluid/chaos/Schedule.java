package io.unifluid.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The faults of a run, one after the other; the same seed gives the same schedule. */
final class Schedule {
    private static final List<FaultKind> KILLS =
            List.of(FaultKind.KILL_WORKER, FaultKind.KILL_STREAMS, FaultKind.KILL_BROKER);
    /** Of these a run has one each; its seed says which. */
    private static final List<List<FaultKind>> ONE_OF = List.of(
            List.of(FaultKind.PARTITION_WORKER, FaultKind.PARTITION_STREAMS, FaultKind.PARTITION_BROKER),
            List.of(FaultKind.FULL_DISK_STREAMS, FaultKind.FULL_DISK_BROKER));

    private Schedule() {}

    /**
     * Every kind once, but one partition and one full disk, and one more kill, in an order, at targets and for times that
     * follow from the seed.
     */
    static List<Fault> of(long seed, Shape shape) {
        var random = new Random(seed);
        var kinds = new ArrayList<>(List.of(FaultKind.values()));
        for (var group : ONE_OF) {
            kinds.removeAll(group);
            kinds.add(group.get(random.nextInt(group.size())));
        }
        kinds.add(KILLS.get(random.nextInt(KILLS.size())));
        Collections.shuffle(kinds, random);
        return kinds.stream().map(kind -> fault(kind, shape, random)).toList();
    }

    private static Fault fault(FaultKind kind, Shape shape, Random random) {
        return new Fault(
                kind,
                random.nextInt(shape.count(kind)),
                Duration.ofMillis(5_000 + random.nextInt(2_000)),
                switch (kind) {
                    case KILL_WORKER, KILL_STREAMS, KILL_BROKER -> Duration.ofMillis(500 + random.nextInt(4_000));
                    case PAUSE_WORKER,
                            PAUSE_STREAMS,
                            PAUSE_BROKER,
                            PARTITION_WORKER,
                            PARTITION_STREAMS,
                            PARTITION_BROKER -> Duration.ofMillis(2_000 + random.nextInt(10_000));
                    case FULL_DISK_STREAMS, FULL_DISK_BROKER -> Duration.ofMillis(2_000 + random.nextInt(6_000));
                    case PAUSE_REGISTRY, REGISTRY_OUTAGE -> Duration.ofMillis(4_000 + random.nextInt(8_000));
                    case BLOB_OUTAGE -> Duration.ofMillis(3_000 + random.nextInt(5_000));
                });
    }
}
