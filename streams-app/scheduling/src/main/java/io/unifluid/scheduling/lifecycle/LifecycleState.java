package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.task.Preconditions;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.Optional;

/**
 * All that is remembered of one request between events. Each phase is a type of its own, which offers the steps that may
 * follow it and no others; how far it had come is asked of all of them alike, which makes it easy to store.
 */
public sealed interface LifecycleState {
    /**
     * What stays the same for as long as a request is known.
     *
     * @param tenant whose request or cancel it is; empty only in what was stored before tenants were remembered, which
     *     counts as anybody's
     * @param admittedAt when its first event came
     * @param deadline after this instant the result is worthless
     * @param computationKey see {@link WorkProfile#computationKey()}
     */
    record Request(
            String requestId,
            Optional<String> tenant,
            Instant admittedAt,
            Optional<Instant> deadline,
            Optional<String> computationKey) {
        static Request of(WorkProfile profile, Instant now) {
            return new Request(
                    profile.requestId(),
                    Optional.of(profile.tenant()),
                    now,
                    profile.deadline(),
                    profile.computationKey());
        }
    }

    /**
     * The attempt under way, or the last one.
     *
     * @param number dispatches to workers so far, 0 before the first; one that is repeated because it seems lost keeps its
     *     number
     * @param isolatedRetries how often the request was tried again by itself because of failures
     * @param lostDispatches how often this attempt was dispatched again without a sign of a worker
     * @param isolated it must run in a batch of its own
     */
    record Attempt(int number, int isolatedRetries, int lostDispatches, boolean isolated) {
        static final Attempt NONE = new Attempt(0, 0, 0, false);
        static final Attempt FIRST = new Attempt(1, 0, 0, false);

        public Attempt {
            Preconditions.atLeast("attempt", number, 0);
            Preconditions.atLeast("isolatedRetries", isolatedRetries, 0);
            Preconditions.atLeast("lostDispatches", lostDispatches, 0);
        }

        private Attempt lost() {
            return new Attempt(number, isolatedRetries, lostDispatches + 1, isolated);
        }

        private Attempt over() {
            return new Attempt(number, isolatedRetries, 0, isolated);
        }

        private Attempt next(int isolatedRetries, boolean isolated) {
            return new Attempt(number + 1, isolatedRetries, 0, isolated);
        }
    }

    /** A cancel that came before its request; remembered until the timer. */
    record CancelPending(Request request, String reason, Instant timerAt) implements LifecycleState {
        @Override
        public Phase phase() {
            return Phase.CANCEL_PENDING;
        }

        @Override
        public Attempt current() {
            return Attempt.NONE;
        }

        /** Its request came. */
        Terminal met(WorkProfile profile, Instant now, Instant purgeAt) {
            return endedAtAdmission(profile, TerminalStatus.CANCELLED, now, purgeAt);
        }
    }

    /** Accepted and not settled: it may end at any time. */
    sealed interface Active extends LifecycleState {
        default Terminal ended(TerminalStatus status, Instant now, Instant purgeAt) {
            return new Terminal(request(), current(), status, now, purgeAt);
        }
    }

    /** An attempt is with batching or a worker, which may say that it started, or failed. */
    sealed interface Dispatched extends Active {
        /** A worker has it, or says again that it has; it hangs if nothing is heard until {@code stuckAt}. */
        default Running started(Instant stuckAt) {
            return new Running(request(), current(), stuckAt);
        }

        /** The attempt failed; the next one waits. */
        default BackingOff failed(Instant again) {
            return new BackingOff(request(), current().over(), again);
        }

        /** The attempt failed; the next one follows at once, in a batch of its own. */
        default Scheduled failedAndIsolated(Instant lostAt) {
            return new Scheduled(request(), current().next(isolatedRetries() + 1, true), lostAt);
        }
    }

    /** Handed to batching; no worker has said that it started. The timer fires when it seems lost. */
    record Scheduled(Request request, Attempt current, Instant timerAt) implements Dispatched {
        @Override
        public Phase phase() {
            return Phase.SCHEDULED;
        }

        /** It seems lost, and the same attempt is dispatched again. */
        Scheduled lost(Instant lostAt) {
            return new Scheduled(request, current.lost(), lostAt);
        }
    }

    /** A worker said that it started. The timer fires when it seems to hang. */
    record Running(Request request, Attempt current, Instant timerAt) implements Dispatched {
        @Override
        public Phase phase() {
            return Phase.RUNNING;
        }

        /** Nothing was heard for long: the next attempt is isolated, since this may be the request that hangs workers. */
        Scheduled stuck(Instant lostAt) {
            return new Scheduled(request, current.next(isolatedRetries(), true), lostAt);
        }
    }

    /** After a failure; the timer fires when it is tried again. */
    record BackingOff(Request request, Attempt current, Instant timerAt) implements Active {
        @Override
        public Phase phase() {
            return Phase.BACKING_OFF;
        }

        Scheduled again(Instant lostAt) {
            return new Scheduled(request, current.next(isolatedRetries(), isolated()), lostAt);
        }
    }

    /** Settled, and remembered until the timer. Nothing follows it. */
    record Terminal(Request request, Attempt current, TerminalStatus status, Instant endedAt, Instant timerAt)
            implements LifecycleState {
        @Override
        public Phase phase() {
            return Phase.TERMINAL;
        }
    }

    /** A cancel that came before its request, remembered until {@code forgetAt}. */
    static CancelPending cancelPending(String requestId, String tenant, String reason, Instant now, Instant forgetAt) {
        var request = new Request(requestId, Optional.of(tenant), now, Optional.empty(), Optional.empty());
        return new CancelPending(request, reason, forgetAt);
    }

    /** A request handed to batching for the first time; it seems lost at {@code lostAt}. */
    static Scheduled firstScheduled(WorkProfile profile, Instant now, Instant lostAt) {
        return new Scheduled(Request.of(profile, now), Attempt.FIRST, lostAt);
    }

    /** A request that ended at admission, before any attempt. */
    static Terminal endedAtAdmission(WorkProfile profile, TerminalStatus status, Instant now, Instant purgeAt) {
        return new Terminal(Request.of(profile, now), Attempt.NONE, status, now, purgeAt);
    }

    /** A state as it was stored, part by part. */
    static LifecycleState of(
            Request request,
            Phase phase,
            Attempt attempt,
            Instant timerAt,
            Optional<TerminalStatus> terminal,
            Optional<Instant> settledAt,
            Optional<String> cancelReason) {
        if (terminal.isPresent() != (phase == Phase.TERMINAL) || settledAt.isPresent() != terminal.isPresent()) {
            throw new IllegalArgumentException("Request '" + request.requestId() + "' in phase " + phase
                    + " has terminal status " + terminal + " settled at " + settledAt + ".");
        }
        if (cancelReason.isPresent() != (phase == Phase.CANCEL_PENDING)) {
            throw new IllegalArgumentException("Request '" + request.requestId() + "' in phase " + phase
                    + " has cancel reason " + cancelReason + ".");
        }
        return switch (phase) {
            case CANCEL_PENDING -> new CancelPending(request, cancelReason.orElseThrow(), timerAt);
            case SCHEDULED -> new Scheduled(request, attempt, timerAt);
            case RUNNING -> new Running(request, attempt, timerAt);
            case BACKING_OFF -> new BackingOff(request, attempt, timerAt);
            case TERMINAL -> new Terminal(request, attempt, terminal.orElseThrow(), settledAt.orElseThrow(), timerAt);
        };
    }

    Request request();

    Phase phase();

    /** The attempt under way, or the last one. */
    Attempt current();

    /**
     * When the phase's own timer fires: a lost dispatch, a stuck run, the end of a back-off, of the retention, or of a
     * pending cancel.
     */
    Instant timerAt();

    /** When a {@link LifecycleEvent.Tick} is due: the timer, or the deadline of a live request if that is earlier. */
    default Instant nextDueAt() {
        return deadline().filter(at -> phase().live() && at.isBefore(timerAt())).orElse(timerAt());
    }

    default String requestId() {
        return request().requestId();
    }

    default Optional<String> tenant() {
        return request().tenant();
    }

    default Instant admittedAt() {
        return request().admittedAt();
    }

    default Optional<Instant> deadline() {
        return request().deadline();
    }

    default Optional<String> computationKey() {
        return request().computationKey();
    }

    default int attempt() {
        return current().number();
    }

    default int isolatedRetries() {
        return current().isolatedRetries();
    }

    default int lostDispatches() {
        return current().lostDispatches();
    }

    default boolean isolated() {
        return current().isolated();
    }

    /** How it ended; empty while it has not. */
    default Optional<TerminalStatus> terminal() {
        return this instanceof Terminal ended ? Optional.of(ended.status()) : Optional.empty();
    }

    /** When it ended; empty while it has not. */
    default Optional<Instant> settledAt() {
        return this instanceof Terminal ended ? Optional.of(ended.endedAt()) : Optional.empty();
    }

    /** Why it was cancelled before it came; empty of what has come. */
    default Optional<String> cancelReason() {
        return this instanceof CancelPending pending ? Optional.of(pending.reason()) : Optional.empty();
    }
}
