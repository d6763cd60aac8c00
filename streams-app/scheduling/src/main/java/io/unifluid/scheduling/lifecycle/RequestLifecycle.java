package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.admission.Rejection;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Failed;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Forged;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Impossible;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Started;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Tick;
import io.unifluid.scheduling.lifecycle.LifecycleState.Active;
import io.unifluid.scheduling.lifecycle.LifecycleState.CancelPending;
import io.unifluid.scheduling.lifecycle.LifecycleState.Terminal;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.Optional;

/**
 * The life of one request: {@code (state, event, now) -> (state, effects)}. Whatever comes, in whatever order and
 * however often, a submitted request gets exactly one {@link Effect.Settle}, as long as ticks come when they are due.
 *
 * <pre>
 * (new) ----------> CANCEL_PENDING --> TERMINAL, or forgotten
 *   |
 *   +-------------> SCHEDULED <---> BACKING_OFF
 *   |                 |     ^          |
 *   |                 v     |          |
 *   |               RUNNING-+----------+      each of these --> TERMINAL --> forgotten
 *   +-------------> TERMINAL (rejected, or expired before admission)
 * </pre>
 *
 * Pure and thread-safe. Where {@code now} is behind an earlier one, timers fire later and nothing else changes.
 */
public final class RequestLifecycle {
    private static final String FOREIGN_REQUEST =
            "The requestId belongs to a request of another tenant: send it again with an id of its own.";
    private static final String FOREIGN_CANCEL =
            "The cancel names another tenant than its request does: send it again with the request's tenant.";
    private static final String FORGED = "The outcome does not carry the token that its attempt was handed out with:"
            + " upgrade the worker that sent it, or find out who else writes this topic.";

    private final LifecycleSettings settings;
    private final ActivePhases live;

    public RequestLifecycle(LifecycleSettings settings) {
        this.settings = settings;
        this.live = new ActivePhases(settings);
    }

    /**
     * @param state what {@link StateKeys#find} finds for the event; empty when it is new
     * @param now the time of the event's processing, not of its sending
     */
    public Transition apply(Optional<LifecycleState> state, LifecycleEvent event, Instant now) {
        if (state.isEmpty()) {
            return onNew(event, now);
        }
        LifecycleState known = state.get();
        return foreign(known, event).orElseGet(() -> switch (known) {
            case CancelPending pending -> onCancelPending(pending, event, now);
            case Active active -> live.apply(active, event, now);
            case Terminal ended -> onTerminal(ended, event, now);
        });
    }

    /** What another tenant says about a request, whatever its phase. */
    private static Optional<Transition> foreign(LifecycleState known, LifecycleEvent event) {
        return switch (event) {
            case Submitted submitted
            when !belongsTo(known, submitted.profile().tenant()) ->
                Optional.of(Transitions.to(known)
                        .deadLetter(Counter.FOREIGN_REQUEST, FOREIGN_REQUEST)
                        .done());
            case CancelRequested cancel
            when !belongsTo(known, cancel.tenant()) ->
                Optional.of(Transitions.to(known)
                        .deadLetter(Counter.FOREIGN_CANCEL, FOREIGN_CANCEL)
                        .done());
            case Submitted _, CancelRequested _, Started _, Succeeded _, Failed _, Forged _, Impossible _, Tick _ ->
                Optional.empty();
        };
    }

    /** Whether what this tenant says about it counts. */
    private static boolean belongsTo(LifecycleState known, String tenant) {
        return known.tenant().filter(owner -> !owner.equals(tenant)).isEmpty();
    }

    static Transition forged(Transitions steps) {
        return steps.deadLetter(Counter.FORGED_OUTCOME, FORGED).done();
    }

    private Transition onNew(LifecycleEvent event, Instant now) {
        return switch (event) {
            case Submitted submitted -> admit(submitted, now);
            case CancelRequested cancel -> {
                Instant forgetAt = now.plus(settings.cancelWindow());
                yield Transitions.to(LifecycleState.cancelPending(
                                cancel.requestId(), cancel.tenant(), cancel.reason(), now, forgetAt))
                        .count(Counter.CANCEL_UNKNOWN)
                        .wake(forgetAt)
                        .done();
            }
            case Succeeded _, Failed _ ->
                Transitions.toNothing().count(Counter.UNKNOWN_OUTCOME).done();
            case Started _ -> Transitions.toNothing().count(Counter.LATE_START).done();
            case Forged _ -> forged(Transitions.toNothing());
            case Impossible _, Tick _ -> Transitions.toNothing().done();
        };
    }

    private Transition admit(Submitted submitted, Instant now) {
        WorkProfile profile = submitted.profile();
        if (submitted.rejection().isPresent()) {
            Rejection rejection = submitted.rejection().get();
            return endAtAdmission(
                    profile, TerminalStatus.REJECTED, rejection.kind().name(), rejection.message(), now);
        }
        if (profile.deadline().filter(at -> !now.isBefore(at)).isPresent()) {
            return endAtAdmission(
                    profile,
                    TerminalStatus.EXPIRED,
                    Deadlines.QUEUED,
                    Deadlines.beforeAdmission(profile.deadline().get(), now),
                    now);
        }
        var first = LifecycleState.firstScheduled(profile, now, now.plus(settings.lostAfter()));
        return Transitions.to(first)
                .schedule(first, now)
                .publish(Phase.SCHEDULED, first.attempt(), "")
                .wake(first.nextDueAt())
                .done();
    }

    private Transition onCancelPending(CancelPending pending, LifecycleEvent event, Instant now) {
        return switch (event) {
            case Submitted submitted ->
                endedAtAdmission(
                        pending.met(submitted.profile(), now, now.plus(settings.retention())),
                        ActivePhases.CANCELLED,
                        pending.reason());
            case CancelRequested _ ->
                Transitions.to(pending).count(Counter.DUPLICATE_CANCEL).done();
            case Succeeded _, Failed _ ->
                Transitions.to(pending).count(Counter.UNKNOWN_OUTCOME).done();
            case Started _ -> Transitions.to(pending).count(Counter.LATE_START).done();
            case Impossible _ -> Transitions.to(pending).done();
            case Forged _ -> forged(Transitions.to(pending));
            case Tick _ -> {
                if (now.isBefore(pending.nextDueAt())) {
                    yield Transitions.to(pending).done();
                }
                // No purge: what is kept under its id may be another tenant's request.
                yield Transitions.toNothing().count(Counter.CANCEL_EXPIRED).done();
            }
        };
    }

    private Transition onTerminal(Terminal ended, LifecycleEvent event, Instant now) {
        return switch (event) {
            case Submitted _ ->
                Transitions.to(ended).count(Counter.DUPLICATE_REQUEST).done();
            case CancelRequested _ ->
                Transitions.to(ended).count(Counter.CANCEL_AFTER_TERMINAL).done();
            case Succeeded _, Failed _ ->
                Transitions.to(ended).count(lateness(ended)).done();
            case Started _ -> Transitions.to(ended).count(Counter.LATE_START).done();
            case Impossible _ -> Transitions.to(ended).done();
            case Forged _ -> forged(Transitions.to(ended));
            case Tick _ -> {
                if (now.isBefore(ended.nextDueAt())) {
                    yield Transitions.to(ended).done();
                }
                yield Transitions.toNothing().count(Counter.PURGED).purge().done();
            }
        };
    }

    private static Counter lateness(Terminal ended) {
        return switch (ended.status().cause()) {
            case ANSWER, FAILURE -> Counter.DUPLICATE_OUTCOME;
            case CALL_OFF, REFUSAL -> Counter.LATE_OUTCOME;
        };
    }

    private Transition endAtAdmission(
            WorkProfile profile, TerminalStatus status, String kind, String message, Instant now) {
        return endedAtAdmission(
                LifecycleState.endedAtAdmission(profile, status, now, now.plus(settings.retention())), kind, message);
    }

    private static Transition endedAtAdmission(Terminal ended, String kind, String message) {
        return Transitions.to(ended)
                .settle(ended.status(), 0, kind, message)
                .wake(ended.nextDueAt())
                .done();
    }
}
