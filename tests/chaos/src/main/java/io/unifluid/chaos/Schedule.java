package io.unifluid.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The faults of a run, one after the other; the same seed gives the same schedule. */
final class Schedule {
    private static final int EXTRA_KILLS = 2;

    private Schedule() {}

    /** Every kind once and a few more kills, in an order, at targets and for times that follow from the seed. */
    static List<Fault> of(long seed, Shape shape) {
        var random = new Random(seed);
        var kinds = new ArrayList<>(List.of(FaultKind.values()));
        var kills = List.of(FaultKind.KILL_WORKER, FaultKind.KILL_STREAMS, FaultKind.KILL_BROKER);
        for (int i = 0; i < EXTRA_KILLS; i++) {
            kinds.add(kills.get(random.nextInt(kills.size())));
        }
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
                    case PAUSE_WORKER, PAUSE_STREAMS, PAUSE_BROKER -> Duration.ofMillis(2_000 + random.nextInt(10_000));
                    case PAUSE_REGISTRY, REGISTRY_OUTAGE -> Duration.ofMillis(4_000 + random.nextInt(8_000));
                    case BLOB_OUTAGE -> Duration.ofMillis(3_000 + random.nextInt(5_000));
                });
    }
}
