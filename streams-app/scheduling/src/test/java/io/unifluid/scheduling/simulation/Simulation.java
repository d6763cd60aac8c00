package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.lifecycle.Counter;
import io.unifluid.scheduling.task.Lane;
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
        this(seed, decider, maxAttempts, UnaryOperator.identity(), ReuseFaults.none());
    }

    Simulation(
            long seed, Decider decider, int maxAttempts, UnaryOperator<BatchSettings> misreading, ReuseFaults faults) {
        world = new World(seed);
        promise = new Promise(maxAttempts);
        Map<String, Nature> natures = new HashMap<>();
        Answers answers = new Answers(promise);
        List<WorkLane> lanes = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            WorkLane work = new WorkLane();
            lanes.add(work);
            BatchingTask task = new BatchingTask(world, lane, misreading, faults, answers, promise, work);
            work.whenThereIsRoom(task::dispatch);
            batching.put(lane, task);
        }
        admission = new AdmittingTask(
                world, decider, promise, (lane, word) -> batching.get(lane).accept(word));
        world.deliverEventsTo(admission::on);
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(new Worker(world, "worker-" + i, lanes, natures, promise));
        }
        lanes.forEach(lane -> lane.whenThereIsWork(() -> workers.forEach(Worker::takeWork)));
        callers = new Callers(world, promise, natures);
    }

    /** Runs until so many lifecycle events have happened, then until nothing is left to happen. */
    Simulation run(int events) {
        callers.keepSendingWhile(() -> admission.events() < events);
        crashNowAndThen(events);
        for (long left = 200L * events; world.step(); left--) {
            if (left == 0) {
                promise.breach("it does not come to rest");
                break;
            }
        }
        promise.checkAtTheEnd(
                admission.states(),
                batching.values().stream().mapToInt(BatchingTask::left).sum());
        return this;
    }

    private void crashNowAndThen(int events) {
        if (admission.events() < events) {
            admission.crashAndRestart();
            batching.values().forEach(BatchingTask::crashAndRestart);
            if (world.chance(0.05)) {
                promise.newModel();
            }
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

    Map<String, Integer> sharing() {
        return promise.sharing();
    }

    List<String> breaches() {
        return promise.breaches();
    }
}
