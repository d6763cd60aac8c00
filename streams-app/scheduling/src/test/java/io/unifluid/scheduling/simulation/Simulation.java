package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.BatchSettings;
import io.unifluid.scheduling.Counter;
import io.unifluid.scheduling.Lane;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One run: everything put together, requests until enough has happened, then rest. */
final class Simulation {
    private static final int WORKERS = 6;

    private final World world;
    private final Promise promise;
    private final AdmittingTask admission;
    private final Map<Lane, BatchingTask> batching = new EnumMap<>(Lane.class);
    private final Callers callers;

    Simulation(long seed, Decider decider, int maxAttempts) {
        this(seed, decider, maxAttempts, UnaryOperator.identity());
    }

    Simulation(long seed, Decider decider, int maxAttempts, UnaryOperator<BatchSettings> misreading) {
        world = new World(seed);
        promise = new Promise(maxAttempts);
        Map<String, Nature> natures = new HashMap<>();
        List<WorkLane> lanes = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            WorkLane work = new WorkLane();
            lanes.add(work);
            BatchingTask task = new BatchingTask(world, lane, misreading, promise, work);
            work.whenThereIsRoom(task::dispatch);
            batching.put(lane, task);
        }
        admission = new AdmittingTask(
                world,
                decider,
                promise,
                candidate -> batching.get(candidate.profile().lane()).accept(candidate));
        world.deliverEventsTo(admission::on);
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(new Worker(world, "worker-" + i, lanes, natures));
        }
        lanes.forEach(lane -> lane.whenThereIsWork(() -> workers.forEach(Worker::takeWork)));
        callers = new Callers(world, promise, natures);
    }

    /** Runs until so many lifecycle events have happened, then until nothing is left to happen. */
    Simulation run(int events) {
        callers.keepSendingWhile(() -> admission.events() < events);
        crashNowAndThen(events);
        while (world.step()) {
            // Each step is one thing that happens.
        }
        promise.checkAtTheEnd(
                admission.states(),
                batching.values().stream().mapToInt(BatchingTask::waiting).sum());
        return this;
    }

    private void crashNowAndThen(int events) {
        if (admission.events() < events) {
            admission.crashAndRestart();
            batching.values().forEach(BatchingTask::crashAndRestart);
            world.after(5_000 + world.below(20_000), () -> crashNowAndThen(events));
        }
    }

    int events() {
        return admission.events();
    }

    int waitsChecked() {
        return promise.waitsChecked();
    }

    int requests() {
        return promise.requests();
    }

    Map<String, Integer> byStatus() {
        return promise.byStatus();
    }

    Map<Counter, Integer> counts() {
        return admission.counts();
    }

    List<String> breaches() {
        return promise.breaches();
    }
}
