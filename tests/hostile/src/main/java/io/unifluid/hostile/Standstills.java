package io.unifluid.hostile;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Times when this process, in which the broker and the registry run, was given no processor: a machine that is shared, or a
 * collection of garbage. Whoever depends on them then says with reason that it is not ready.
 */
final class Standstills implements AutoCloseable {
    private static final long STEP_MILLIS = 100;
    /** Longer than the collections of a run on a quiet machine, shorter than anything that an app waits for. */
    private static final long LEAST_NANOS = Duration.ofSeconds(2).toNanos();

    private record Standstill(long fromNanos, long toNanos) {}

    private final List<Standstill> found = new CopyOnWriteArrayList<>();
    private final Thread clock =
            Thread.ofPlatform().daemon().name("standstills").start(this::look);

    /** Whether there was one at that time of {@link System#nanoTime()} or so long before. */
    boolean within(Duration before, long atNanos) {
        return found.stream()
                .anyMatch(one -> atNanos - one.fromNanos() >= 0 && atNanos - one.toNanos() <= before.toNanos());
    }

    double seconds() {
        return found.stream()
                .mapToDouble(one -> (one.toNanos() - one.fromNanos()) / 1e9)
                .sum();
    }

    private void look() {
        try {
            while (true) {
                long from = System.nanoTime();
                Thread.sleep(STEP_MILLIS);
                long to = System.nanoTime();
                if (to - from > LEAST_NANOS) {
                    found.add(new Standstill(from, to));
                }
            }
        } catch (InterruptedException e) {
            // the run is over
        }
    }

    @Override
    public void close() {
        clock.interrupt();
    }
}
