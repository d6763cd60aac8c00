package io.unifluid.scheduling.admission;

import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Preconditions;
import io.unifluid.scheduling.task.Task;
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
        return cost <= maxCost
                ? Optional.empty()
                : Rejections.because(
                        RejectKind.TOO_EXPENSIVE,
                        "The request would keep the device busy for about " + seconds(cost) + ", " + dear(task)
                                + "; the limit for one request is " + seconds(maxCost) + ": " + cheaper(task) + ".");
    }

    private static String dear(Task task) {
        return switch (task) {
            case Task.Caption _ -> "for its caption";
            case Task.Vqa t ->
                "for " + t.questions().size() + " questions with "
                        + t.questions().stream()
                                .mapToInt(question -> question.choices().size())
                                .sum()
                        + " choices";
            case Task.Generate t -> "for " + t.count() + " pictures" + drawing(t.width(), t.height(), t.steps());
            case Task.Edit t -> "for its picture" + drawing(0, 0, t.steps());
        };
    }

    private static String drawing(int width, int height, int steps) {
        return (width > 0 ? " of " + width + "x" + height + " pixels" : "")
                + (steps > 0 ? " in " + steps + " steps" : "");
    }

    private static String cheaper(Task task) {
        return switch (task) {
            case Task.Caption _ -> "shorten the hint";
            case Task.Vqa _ -> "ask fewer questions at once, or give fewer or shorter choices";
            case Task.Generate _ -> "ask for fewer or smaller pictures at once, or for fewer steps";
            case Task.Edit _ -> "ask for fewer steps";
        };
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
