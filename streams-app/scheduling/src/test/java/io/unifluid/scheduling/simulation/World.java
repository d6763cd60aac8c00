package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** Virtual time and the one source of randomness: the same seed gives the same run. */
final class World {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private record Planned(long at, long order, Runnable what) {}

    private final PriorityQueue<Planned> plan =
            new PriorityQueue<>(Comparator.comparingLong(Planned::at).thenComparingLong(Planned::order));
    private final SplittableRandom random;
    private BiConsumer<String, LifecycleEvent> lifecycle = (_, _) -> {};
    private long millis;
    private long planned;

    World(long seed) {
        this.random = new SplittableRandom(seed);
    }

    Instant now() {
        return START.plusMillis(millis);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A number from 0 to {@code bound - 1}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    void after(long delayMillis, Runnable what) {
        plan.add(new Planned(millis + Math.max(0, delayMillis), planned++, what));
    }

    void at(Instant instant, Runnable what) {
        after(instant.toEpochMilli() - START.toEpochMilli() - millis, what);
    }

    void deliverEventsTo(BiConsumer<String, LifecycleEvent> receiver) {
        this.lifecycle = receiver;
    }

    /** A topic at its worst: the event comes late, sometimes very late, sometimes twice, in any order. */
    void send(String requestId, LifecycleEvent event) {
        after(networkDelay(), () -> lifecycle.accept(requestId, event));
        if (chance(0.05)) {
            after(networkDelay() + below(60_000), () -> lifecycle.accept(requestId, event));
        }
    }

    private long networkDelay() {
        return chance(0.01) ? below(180_000) : below(200);
    }

    /** Runs the next planned thing; false when there is none. */
    boolean step() {
        Planned next = plan.poll();
        if (next == null) {
            return false;
        }
        millis = next.at();
        next.what().run();
        return true;
    }
}
