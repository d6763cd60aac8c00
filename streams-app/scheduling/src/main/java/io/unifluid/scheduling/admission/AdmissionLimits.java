package io.unifluid.scheduling.admission;

import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Preconditions;
import io.unifluid.scheduling.task.Task;
import io.unifluid.scheduling.task.TaskKind;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How much a tenant may have under way, and how much one request may take.
 *
 * @param maxInFlightPerTenant most unfinished requests of one tenant, as far as the admitting task sees them; empty for
 *     no limit
 * @param maxCost most that one request may cost, in the milliseconds of {@link CostModel}: for so long everybody else
 *     waits for it
 */
public record AdmissionLimits(OptionalInt maxInFlightPerTenant, double maxCost) {
    private static final double DEFAULT_MAX_COST = 5_000;

    public AdmissionLimits {
        maxInFlightPerTenant.ifPresent(limit -> Preconditions.atLeast("maxInFlightPerTenant", limit, 1));
        Preconditions.positive("maxCost", maxCost);
    }

    /** So many requests under way, and the default for what one of them may cost. */
    public AdmissionLimits(OptionalInt maxInFlightPerTenant) {
        this(maxInFlightPerTenant, DEFAULT_MAX_COST);
    }

    /** Any number of requests under way; 5 s for one. */
    public static AdmissionLimits defaults() {
        return new AdmissionLimits(OptionalInt.empty());
    }

    /** Refuses a validated task that costs too much, and says what makes it so dear. */
    public Optional<Rejection> check(Task task, double cost) {
        if (cost <= maxCost) {
            return Optional.empty();
        }
        var kind = TaskKind.of(task);
        return Rejections.because(
                RejectKind.TOO_EXPENSIVE,
                "The request would keep the device busy for about " + seconds(cost) + ", " + kind.expense()
                        + "; the limit for one request is " + seconds(maxCost) + ": " + kind.saving() + ".");
    }

    private static String seconds(double millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }

    /** Refuses one more request of a tenant that has {@code inFlight} unfinished ones, when that is the limit. */
    public Optional<Rejection> check(String tenant, long inFlight) {
        if (maxInFlightPerTenant.isEmpty() || inFlight < maxInFlightPerTenant.getAsInt()) {
            return Optional.empty();
        }
        return Optional.of(new Rejection(
                RejectKind.OVER_LIMIT,
                "Tenant '" + tenant + "' has " + inFlight + " unfinished requests; the limit is "
                        + maxInFlightPerTenant.getAsInt() + ": send this one again when some have finished."));
    }
}
