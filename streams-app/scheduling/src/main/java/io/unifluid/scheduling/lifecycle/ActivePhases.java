package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Failed;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Forged;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Impossible;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Started;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Tick;
import io.unifluid.scheduling.lifecycle.RetryPolicy.Retry;
import java.time.Instant;

/** The part of {@link RequestLifecycle} between admission and the end: scheduled, running, or backing off. */
final class ActivePhases {
    static final String CANCELLED = "CANCELLED";
    private static final String LOST = "LOST";
    private static final String STUCK = "STUCK";

    private final LifecycleSettings settings;

    ActivePhases(LifecycleSettings settings) {
        this.settings = settings;
    }

    Transition apply(LifecycleState state, LifecycleEvent event, Instant now) {
        return switch (event) {
            case Submitted _ ->
                Transitions.to(state).count(Counter.DUPLICATE_REQUEST).done();
            case CancelRequested cancel -> end(state, TerminalStatus.CANCELLED, CANCELLED, cancel.reason(), now);
            case Started started -> onStarted(state, started, now);
            case Succeeded _ -> end(state, TerminalStatus.SUCCEEDED, "", "", now);
            case Failed failed -> onFailed(state, failed, now);
            case Impossible impossible ->
                end(state, TerminalStatus.FAILED, impossible.kind(), impossible.reason(), now);
            case Forged _ -> RequestLifecycle.forged(Transitions.to(state));
            case Tick _ -> onTick(state, now);
        };
    }

    private Transition onStarted(LifecycleState state, Started started, Instant now) {
        if (started.attempt() != state.attempt() || state.phase() == Phase.BACKING_OFF) {
            return Transitions.to(state).count(Counter.LATE_START).done();
        }
        LifecycleState running = state.live(
                Phase.RUNNING,
                state.attempt(),
                state.isolatedRetries(),
                state.lostHandOuts(),
                state.alone(),
                now.plus(settings.stuckAfter()));
        Transitions steps = Transitions.to(running);
        if (state.phase() == Phase.SCHEDULED) {
            steps.publish(
                    Phase.RUNNING, running.attempt(), "worker " + started.worker() + ", batch " + started.batchId());
        }
        return steps.wake(running.nextDueAt()).done();
    }

    private Transition onFailed(LifecycleState state, Failed failed, Instant now) {
        if (failed.attempt() != state.attempt()) {
            return Transitions.to(state).count(Counter.LATE_OUTCOME).done();
        }
        if (state.phase() == Phase.BACKING_OFF) {
            return Transitions.to(state).count(Counter.DUPLICATE_OUTCOME).done();
        }
        Retry retry = failed.proven()
                ? new Retry.GiveUp()
                : settings.retry().decide(state.requestId(), state.attempt(), state.isolatedRetries(), failed.kind());
        return switch (retry) {
            case Retry.GiveUp _ ->
                end(state, TerminalStatus.FAILED, failed.kind().name(), givenUp(state, failed), now);
            case Retry.AloneNow _ -> {
                int isolated = state.isolatedRetries() + 1;
                yield handOut(state, state.attempt() + 1, isolated, true, failed.message(), Counter.RETRY, now);
            }
            case Retry.After after -> {
                LifecycleState waiting = state.live(
                        Phase.BACKING_OFF,
                        state.attempt(),
                        state.isolatedRetries(),
                        0,
                        state.alone(),
                        now.plus(after.delay()));
                yield Transitions.to(waiting)
                        .count(Counter.RETRY)
                        .publish(
                                Phase.BACKING_OFF,
                                waiting.attempt(),
                                "again in " + after.delay().toMillis() + " ms after: " + failed.message())
                        .wake(waiting.nextDueAt())
                        .done();
            }
        };
    }

    private static String givenUp(LifecycleState state, Failed failed) {
        return state.attempt() == 1
                ? failed.message()
                : failed.message() + " Given up after " + state.attempt() + " attempts.";
    }

    private Transition onTick(LifecycleState state, Instant now) {
        if (state.deadline().filter(at -> !now.isBefore(at)).isPresent()) {
            return end(
                    state,
                    TerminalStatus.EXPIRED,
                    Deadlines.kind(state.phase()),
                    Deadlines.message(state.phase()),
                    now);
        }
        if (now.isBefore(state.timerAt())) {
            return Transitions.to(state).done();
        }
        return switch (state.phase()) {
            case SCHEDULED -> onLost(state, now);
            case RUNNING -> onStuck(state, now);
            case BACKING_OFF -> {
                LifecycleState next =
                        scheduled(state, state.attempt() + 1, state.isolatedRetries(), state.alone(), now);
                yield Transitions.to(next)
                        .schedule(next, now)
                        .publish(Phase.SCHEDULED, next.attempt(), "")
                        .wake(next.nextDueAt())
                        .done();
            }
            case CANCEL_PENDING, TERMINAL -> throw new IllegalArgumentException(state.phase() + " is not live.");
        };
    }

    private Transition onLost(LifecycleState state, Instant now) {
        if (state.lostHandOuts() >= settings.maxLostHandOuts()) {
            String message = "No worker took it although it was handed out " + (state.lostHandOuts() + 1)
                    + " times: check that workers run and serve its task and model.";
            return end(state, TerminalStatus.FAILED, LOST, message, now);
        }
        int lost = state.lostHandOuts() + 1;
        LifecycleState again = state.live(
                Phase.SCHEDULED,
                state.attempt(),
                state.isolatedRetries(),
                lost,
                state.alone(),
                now.plus(settings.lostAfter(lost)));
        return Transitions.to(again)
                .count(Counter.LOST_HAND_OUT)
                .schedule(again, now)
                .wake(again.nextDueAt())
                .done();
    }

    private Transition onStuck(LifecycleState state, Instant now) {
        String message = "No worker reported on attempt " + state.attempt() + " within "
                + settings.stuckAfter().toSeconds() + " s of its start.";
        if (state.attempt() >= settings.retry().maxAttempts()) {
            return end(state, TerminalStatus.FAILED, STUCK, message, now);
        }
        return handOut(state, state.attempt() + 1, state.isolatedRetries(), true, message, Counter.STUCK, now);
    }

    private Transition handOut(
            LifecycleState state,
            int attempt,
            int isolated,
            boolean alone,
            String because,
            Counter counter,
            Instant now) {
        LifecycleState next = scheduled(state, attempt, isolated, alone, now);
        return Transitions.to(next)
                .count(counter)
                .schedule(next, now)
                .publish(Phase.SCHEDULED, attempt, "alone, after: " + because)
                .wake(next.nextDueAt())
                .done();
    }

    private LifecycleState scheduled(LifecycleState state, int attempt, int isolated, boolean alone, Instant now) {
        return state.live(Phase.SCHEDULED, attempt, isolated, 0, alone, now.plus(settings.lostAfter()));
    }

    private Transition end(LifecycleState state, TerminalStatus status, String kind, String message, Instant now) {
        LifecycleState ended = state.ended(status, now, now.plus(settings.retention()));
        return Transitions.to(ended)
                .settle(status, ended.attempt(), kind, message)
                .wake(ended.nextDueAt())
                .done();
    }
}
