package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Failed;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Started;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.task.FailureKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes batches, interactive lanes first, and does everything wrong that a worker can do wrong. */
final class Worker {
    private final World world;
    private final String name;
    private final List<WorkLane> lanes;
    private final Map<String, Nature> natures;
    private final Promise promise;
    private boolean busy;

    Worker(World world, String name, List<WorkLane> lanes, Map<String, Nature> natures, Promise promise) {
        this.promise = promise;
        this.world = world;
        this.name = name;
        this.lanes = lanes;
        this.natures = natures;
    }

    void takeWork() {
        if (busy) {
            return;
        }
        for (WorkLane lane : lanes) {
            Optional<WorkLane.Batch> batch = lane.take();
            if (batch.isPresent()) {
                busy = true;
                run(lane, batch.get());
                return;
            }
        }
    }

    private void run(WorkLane lane, WorkLane.Batch batch) {
        if (batch.deliveries() >= 3) {
            // Two workers died with it: say so instead of dying too.
            batch.items().forEach(item -> fail(item, FailureKind.CRASH));
            free(10, () -> lane.done(batch));
            return;
        }
        if (world.chance(0.002)) {
            // Nobody hears of the batch again.
            free(10, () -> lane.done(batch));
            return;
        }
        batch.items().stream()
                .filter(_ -> world.chance(0.95))
                .forEach(item -> world.send(id(item), new Started(item.attempt(), "batch", name)));
        long duration = 5 + (long) (batch.cost() / 4);
        boolean poisoned = batch.items().stream().anyMatch(item -> natures.get(id(item)) == Nature.POISON);
        if (poisoned || world.chance(0.01)) {
            die(lane, batch, duration);
        } else if (world.chance(0.002)) {
            // What was done with the batch is lost.
            free(duration, () -> lane.done(batch));
        } else {
            long hang = world.chance(0.0005) ? 400_000 : 0;
            world.after(duration + hang, () -> batch.items().forEach(this::report));
            free(duration + hang + 1, () -> lane.done(batch));
        }
    }

    /** Dies half way through, so that some outcomes are out and the batch comes again. */
    private void die(WorkLane lane, WorkLane.Batch batch, long duration) {
        world.after(
                duration,
                () -> batch.items().stream()
                        .limit(world.below(batch.items().size()))
                        .filter(item -> natures.get(id(item)) != Nature.POISON)
                        .forEach(this::report));
        free(duration + 500, () -> lane.giveBack(batch));
    }

    private void free(long delay, Runnable with) {
        world.after(delay, () -> {
            busy = false;
            with.run();
            takeWork();
        });
    }

    private void report(Candidate item) {
        if (natures.get(id(item)) == Nature.BAD) {
            fail(item, FailureKind.BAD_INPUT);
        } else if (world.chance(0.04)) {
            fail(item, FailureKind.TRANSIENT);
        } else if (world.chance(0.02)) {
            fail(item, world.chance(0.5) ? FailureKind.MODEL : FailureKind.OUT_OF_MEMORY);
        } else if (world.chance(0.005)) {
            fail(item, FailureKind.UNKNOWN);
        } else if (world.chance(0.998)) {
            promise.computed(id(item));
            world.send(id(item), new Succeeded(item.attempt()));
        }
    }

    private void fail(Candidate item, FailureKind kind) {
        promise.computed(id(item));
        world.send(id(item), new Failed(item.attempt(), kind, "It broke."));
    }

    private static String id(Candidate item) {
        return item.profile().requestId();
    }
}
