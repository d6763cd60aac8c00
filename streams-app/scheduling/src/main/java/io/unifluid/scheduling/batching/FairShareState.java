package io.unifluid.scheduling.batching;

import java.util.Map;
import java.util.Optional;

/**
 * What fairness remembers between two batches. Losing it in a restart costs one turn of fairness and nothing else.
 *
 * @param credit service time, in milliseconds, that a waiting tenant has left over; negative when it was served early
 *     because of a deadline
 * @param next the tenant whose turn it is, or the first one after it by name
 */
public record FairShareState(Map<String, Double> credit, Optional<String> next) {
    public FairShareState {
        credit = Map.copyOf(credit);
    }

    /** Nobody was served yet. */
    public static FairShareState initial() {
        return new FairShareState(Map.of(), Optional.empty());
    }
}
