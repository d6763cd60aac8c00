package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.task.Preconditions;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.Optional;

/**
 * All that is remembered of one request between events; flat, so that it is easy to store.
 *
 * @param tenant whose request or cancel it is; empty only in what was stored before tenants were remembered, which counts
 *     as anybody's
 * @param attempt hand-outs to workers so far, 0 before the first; a hand-out that is repeated because it seems lost
 *     keeps its number
 * @param isolatedRetries how often it was tried again by itself
 * @param lostHandOuts how often the current attempt was handed out again without a sign of a worker
 * @param alone it must run in a batch of its own
 * @param admittedAt when its first event came
 * @param deadline after this instant the result is worthless
 * @param timerAt when the phase's own timer fires: a lost hand-out, a stuck run, the end of a back-off, of the
 *     retention, or of a pending cancel
 * @param terminal how it ended; present exactly in {@link Phase#TERMINAL}
 * @param settledAt when it ended; present exactly in {@link Phase#TERMINAL}
 * @param computationKey see {@link WorkProfile#computationKey()}
 * @param cancelReason why it was cancelled; present exactly in {@link Phase#CANCEL_PENDING}
 */
public record LifecycleState(
        String requestId,
        Optional<String> tenant,
        Phase phase,
        int attempt,
        int isolatedRetries,
        int lostHandOuts,
        boolean alone,
        Instant admittedAt,
        Optional<Instant> deadline,
        Instant timerAt,
        Optional<TerminalStatus> terminal,
        Optional<Instant> settledAt,
        Optional<String> computationKey,
        Optional<String> cancelReason) {

    public LifecycleState {
        if (terminal.isPresent() != (phase == Phase.TERMINAL) || settledAt.isPresent() != terminal.isPresent()) {
            throw new IllegalArgumentException("Request '" + requestId + "' in phase " + phase + " has terminal status "
                    + terminal + " settled at " + settledAt + ".");
        }
        if (cancelReason.isPresent() != (phase == Phase.CANCEL_PENDING)) {
            throw new IllegalArgumentException(
                    "Request '" + requestId + "' in phase " + phase + " has cancel reason " + cancelReason + ".");
        }
        Preconditions.atLeast("attempt", attempt, 0);
        Preconditions.atLeast("isolatedRetries", isolatedRetries, 0);
        Preconditions.atLeast("lostHandOuts", lostHandOuts, 0);
    }

    /** Whether what this tenant says about it counts. */
    boolean belongsTo(String other) {
        return tenant.isEmpty() || tenant.get().equals(other);
    }

    /** When a {@link LifecycleEvent.Tick} is due: the timer, or the deadline of a live request if that is earlier. */
    public Instant nextDueAt() {
        return deadline.filter(at -> phase.live() && at.isBefore(timerAt)).orElse(timerAt);
    }

    /** A cancel that came before its request, remembered until {@code forgetAt}. */
    static LifecycleState cancelPending(String requestId, String tenant, String reason, Instant now, Instant forgetAt) {
        return new LifecycleState(
                requestId,
                Optional.of(tenant),
                Phase.CANCEL_PENDING,
                0,
                0,
                0,
                false,
                now,
                Optional.empty(),
                forgetAt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(reason));
    }

    /** A request handed to batching for the first time; it seems lost at {@code lostAt}. */
    public static LifecycleState firstScheduled(WorkProfile profile, Instant now, Instant lostAt) {
        return new LifecycleState(
                profile.requestId(),
                Optional.of(profile.tenant()),
                Phase.SCHEDULED,
                1,
                0,
                0,
                false,
                now,
                profile.deadline(),
                lostAt,
                Optional.empty(),
                Optional.empty(),
                profile.computationKey(),
                Optional.empty());
    }

    /** A request that ended at admission, before any attempt. */
    static LifecycleState endedAtAdmission(WorkProfile profile, TerminalStatus status, Instant now, Instant purgeAt) {
        return new LifecycleState(
                profile.requestId(),
                Optional.of(profile.tenant()),
                Phase.TERMINAL,
                0,
                0,
                0,
                false,
                now,
                profile.deadline(),
                purgeAt,
                Optional.of(status),
                Optional.of(now),
                profile.computationKey(),
                Optional.empty());
    }

    /** A live request in another live phase. */
    LifecycleState live(Phase next, int nextAttempt, int isolated, int lost, boolean nextAlone, Instant nextTimerAt) {
        return new LifecycleState(
                requestId,
                tenant,
                next,
                nextAttempt,
                isolated,
                lost,
                nextAlone,
                admittedAt,
                deadline,
                nextTimerAt,
                Optional.empty(),
                Optional.empty(),
                computationKey,
                Optional.empty());
    }

    /** A live request that ended. */
    LifecycleState ended(TerminalStatus status, Instant now, Instant purgeAt) {
        return new LifecycleState(
                requestId,
                tenant,
                Phase.TERMINAL,
                attempt,
                isolatedRetries,
                lostHandOuts,
                alone,
                admittedAt,
                deadline,
                purgeAt,
                Optional.of(status),
                Optional.of(now),
                computationKey,
                Optional.empty());
    }
}
