package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Failed;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Forged;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Impossible;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Started;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Tick;
import io.unifluid.scheduling.lifecycle.LifecycleState.Active;
import io.unifluid.scheduling.lifecycle.LifecycleState.BackingOff;
import io.unifluid.scheduling.lifecycle.LifecycleState.Dispatched;
import io.unifluid.scheduling.lifecycle.LifecycleState.Running;
import io.unifluid.scheduling.lifecycle.LifecycleState.Scheduled;
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

    Transition apply(Active state, LifecycleEvent event, Instant now) {
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

    private Transition onStarted(Active state, Started started, Instant now) {
        return switch (state) {
            case Dispatched dispatched
            when started.attempt() == state.attempt() -> {
                var running = dispatched.started(now.plus(settings.stuckAfter()));
                var steps = Transitions.to(running);
                if (state instanceof Scheduled) {
                    steps.publish(
                            Phase.RUNNING,
                            running.attempt(),
                            "worker " + started.worker() + ", batch " + started.batchId());
                }
                yield steps.wake(running.nextDueAt()).done();
            }
            case Dispatched _, BackingOff _ ->
                Transitions.to(state).count(Counter.LATE_START).done();
        };
    }

    private Transition onFailed(Active state, Failed failed, Instant now) {
        if (failed.attempt() != state.attempt()) {
            return Transitions.to(state).count(Counter.LATE_OUTCOME).done();
        }
        return switch (state) {
            case Dispatched dispatched -> onFailed(dispatched, failed, now);
            case BackingOff _ ->
                Transitions.to(state).count(Counter.DUPLICATE_OUTCOME).done();
        };
    }

    private Transition onFailed(Dispatched state, Failed failed, Instant now) {
        Retry retry = failed.proven()
                ? new Retry.GiveUp()
                : settings.retry().decide(state.requestId(), state.attempt(), state.isolatedRetries(), failed.kind());
        return switch (retry) {
            case Retry.GiveUp _ ->
                end(state, TerminalStatus.FAILED, failed.kind().name(), givenUp(state, failed), now);
            case Retry.IsolatedNow _ ->
                isolated(state.failedAndIsolated(lostAt(now)), failed.message(), Counter.RETRY, now);
            case Retry.After after -> {
                var waiting = state.failed(now.plus(after.delay()));
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

    private static String givenUp(Dispatched state, Failed failed) {
        return state.attempt() == 1
                ? failed.message()
                : failed.message() + " Given up after " + state.attempt() + " attempts.";
    }

    private Transition onTick(Active state, Instant now) {
        if (state.deadline().filter(at -> !now.isBefore(at)).isPresent()) {
            return end(state, TerminalStatus.EXPIRED, Deadlines.kind(state), Deadlines.message(state), now);
        }
        if (now.isBefore(state.timerAt())) {
            return Transitions.to(state).done();
        }
        return switch (state) {
            case Scheduled scheduled -> onLost(scheduled, now);
            case Running running -> onStuck(running, now);
            case BackingOff waiting -> {
                var next = waiting.again(lostAt(now));
                yield Transitions.to(next)
                        .schedule(next, now)
                        .publish(Phase.SCHEDULED, next.attempt(), "")
                        .wake(next.nextDueAt())
                        .done();
            }
        };
    }

    private Transition onLost(Scheduled state, Instant now) {
        if (state.lostDispatches() >= settings.maxLostDispatches()) {
            String message = "No worker took it although it was handed out " + (state.lostDispatches() + 1)
                    + " times: check that workers run and serve its task and model.";
            return end(state, TerminalStatus.FAILED, LOST, message, now);
        }
        var again = state.lost(now.plus(settings.lostAfter(state.lostDispatches() + 1)));
        return Transitions.to(again)
                .count(Counter.LOST_DISPATCH)
                .schedule(again, now)
                .wake(again.nextDueAt())
                .done();
    }

    private Transition onStuck(Running state, Instant now) {
        String message = "No worker reported on attempt " + state.attempt() + " within "
                + settings.stuckAfter().toSeconds() + " s of its start.";
        return state.attempt() >= settings.retry().maxAttempts()
                ? end(state, TerminalStatus.FAILED, STUCK, message, now)
                : isolated(state.stuck(lostAt(now)), message, Counter.STUCK, now);
    }

    private static Transition isolated(Scheduled next, String because, Counter counter, Instant now) {
        return Transitions.to(next)
                .count(counter)
                .schedule(next, now)
                .publish(Phase.SCHEDULED, next.attempt(), "alone, after: " + because)
                .wake(next.nextDueAt())
                .done();
    }

    private Instant lostAt(Instant now) {
        return now.plus(settings.lostAfter());
    }

    private Transition end(Active state, TerminalStatus status, String kind, String message, Instant now) {
        var ended = state.ended(status, now, now.plus(settings.retention()));
        return Transitions.to(ended)
                .settle(status, ended.attempt(), kind, message)
                .wake(ended.nextDueAt())
                .done();
    }
}
