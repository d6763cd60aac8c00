package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Preconditions;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How long the present workers need for what waits, for autoscaling:
 *
 * <pre>
 * backlog [s] = sum of the costs of all waiting and outstanding requests [ms] / service rate [ms of cost per s]
 * service rate = costs of the requests settled by workers / time that it took, smoothed
 * </pre>
 *
 * One reference device serves 1000 ms of cost in a second; that is assumed until a rate was measured. Since cost is on
 * both sides, a wrong scale of {@link CostModel} cancels out.
 *
 * @param serviceRate milliseconds of cost served in a second; empty when nothing was measured
 */
public record BacklogEstimate(OptionalDouble serviceRate) {
    private static final double REFERENCE_RATE = 1_000;
    private static final double SMOOTHING_SECONDS = 30;

    /** Nothing was measured yet. */
    public static BacklogEstimate unmeasured() {
        return new BacklogEstimate(OptionalDouble.empty());
    }

    /** Seconds of work. */
    public double seconds(double waitingCost) {
        Preconditions.notNegative("waitingCost", waitingCost);
        return waitingCost / serviceRate.orElse(REFERENCE_RATE);
    }

    /**
     * Takes a measurement in: exponential smoothing with a time constant of 30 s. An interval in which nothing waited
     * says nothing about the rate; leave it out.
     *
     * @param servedCost costs of the requests settled within {@code elapsed}
     */
    public BacklogEstimate measured(double servedCost, Duration elapsed) {
        Preconditions.notNegative("servedCost", servedCost);
        Preconditions.positive("elapsed", elapsed);
        double seconds = elapsed.toNanos() / 1e9;
        double rate = servedCost / seconds;
        double weight = serviceRate.isEmpty() ? 1 : 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
        double smoothed = serviceRate.orElse(0) * (1 - weight) + rate * weight;
        return new BacklogEstimate(OptionalDouble.of(Math.max(smoothed, 1)));
    }
}
