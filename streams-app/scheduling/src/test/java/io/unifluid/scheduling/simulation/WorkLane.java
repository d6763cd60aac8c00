package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.batching.Candidate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A lane's topic: batches that no worker took yet, and a count of all that is not done. */
final class WorkLane {
    /** A batch and how often it was handed to a worker. */
    record Batch(List<Candidate> items, int deliveries) {
        double cost() {
            return items.stream().mapToDouble(item -> item.profile().cost()).sum();
        }
    }

    private final Deque<Batch> waiting = new ArrayDeque<>();
    private Runnable onRoom = () -> {};
    private Runnable onWork = () -> {};
    private int outstandingItems;
    private double outstandingCost;

    void whenThereIsRoom(Runnable listener) {
        onRoom = listener;
    }

    void whenThereIsWork(Runnable listener) {
        onWork = listener;
    }

    void add(List<Candidate> items) {
        Batch batch = new Batch(items, 0);
        outstandingItems += items.size();
        outstandingCost += batch.cost();
        waiting.add(batch);
        onWork.run();
    }

    Optional<Batch> take() {
        return Optional.ofNullable(waiting.poll()).map(batch -> new Batch(batch.items(), batch.deliveries() + 1));
    }

    /** The worker died with it: another one gets it. */
    void giveBack(Batch batch) {
        waiting.addFirst(batch);
        onWork.run();
    }

    /** Acknowledged, or lost for good. */
    void done(Batch batch) {
        outstandingItems -= batch.items().size();
        outstandingCost = outstandingItems == 0 ? 0 : outstandingCost - batch.cost();
        onRoom.run();
    }

    int outstandingItems() {
        return outstandingItems;
    }

    double outstandingCost() {
        return outstandingCost;
    }
}
