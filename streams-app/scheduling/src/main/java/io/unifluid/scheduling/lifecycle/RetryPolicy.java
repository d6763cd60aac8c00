package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.task.FailureKind;
import io.unifluid.scheduling.task.Preconditions;
import java.time.Duration;

/**
 * What to do about a failed attempt, by its kind alone.
 *
 * <pre>
 * BAD_INPUT                     never again
 * TRANSIENT, UNKNOWN,           again after firstDelay * factor^(attempt - 1), at most maxDelay, plus jitter
 *   UNKNOWN_MODEL
 * MODEL, OUT_OF_MEMORY, CRASH   again at once, alone, isolatedRetries times: only the culprit fails again
 * </pre>
 *
 * @param maxAttempts most attempts of a request, whatever failed, first one included
 * @param isolatedRetries most attempts alone
 * @param firstDelay wait after the first attempt
 * @param factor by how much each wait is longer than the one before
 * @param maxDelay longest wait before jitter
 * @param jitter largest share of the wait that is added to it, from the request's id and attempt: retries spread out,
 *     and a replay gives the same times
 */
public record RetryPolicy(
        int maxAttempts, int isolatedRetries, Duration firstDelay, double factor, Duration maxDelay, double jitter) {

    public RetryPolicy {
        Preconditions.atLeast("maxAttempts", maxAttempts, 1);
        Preconditions.atLeast("isolatedRetries", isolatedRetries, 0);
        Preconditions.positive("firstDelay", firstDelay);
        Preconditions.positive("maxDelay", maxDelay);
        Preconditions.notNegative("jitter", jitter);
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("factor is " + factor + "; it must be a finite number, 1 or above.");
        }
    }

    /** Waits 4, 8, 16 and 32 s plus up to a quarter: outlives a dependency's outage of a minute in five attempts. */
    public static RetryPolicy defaults() {
        return new RetryPolicy(5, 2, Duration.ofSeconds(4), 2.0, Duration.ofMinutes(1), 0.25);
    }

    /** What to do next. */
    public sealed interface Retry {
        /** Again after a wait. */
        record After(Duration delay) implements Retry {}

        /** Again at once, in a batch of its own. */
        record IsolatedNow() implements Retry {}

        /** Not again. */
        record GiveUp() implements Retry {}
    }

    /**
     * Decides about attempt number {@code attempt}, which failed.
     *
     * @param isolated how often the request was tried alone because of such failures so far
     */
    public Retry decide(String requestId, int attempt, int isolated, FailureKind kind) {
        if (attempt >= maxAttempts) {
            return new Retry.GiveUp();
        }
        return switch (kind) {
            case BAD_INPUT -> new Retry.GiveUp();
            case TRANSIENT, UNKNOWN_MODEL, UNKNOWN -> new Retry.After(delay(requestId, attempt));
            case MODEL, OUT_OF_MEMORY, CRASH ->
                isolated < isolatedRetries ? new Retry.IsolatedNow() : new Retry.GiveUp();
        };
    }

    private Duration delay(String requestId, int attempt) {
        double plain = Math.min(maxDelay.toMillis(), firstDelay.toMillis() * Math.pow(factor, attempt - 1));
        return Duration.ofMillis(Math.round(plain * (1 + jitter * fraction(requestId, attempt))));
    }

    /** A number in [0, 1) that looks random: the finalizer of SplitMix64 over id and attempt. */
    private static double fraction(String requestId, int attempt) {
        long z = requestId.hashCode() + 0x9E3779B97F4A7C15L * attempt;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }
}
