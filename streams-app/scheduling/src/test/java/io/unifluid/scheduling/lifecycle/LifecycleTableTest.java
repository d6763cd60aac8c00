package io.unifluid.scheduling.lifecycle;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static io.unifluid.scheduling.task.RequestsInTests.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Failed;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Forged;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Impossible;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Started;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Tick;
import io.unifluid.scheduling.task.FailureKind;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every phase meets every event: where it goes, and what it settles, schedules and counts. */
class LifecycleTableTest {
    private static final String TABLE = """
            NEW             Submitted        SCHEDULED       Schedule
            NEW             CancelRequested  CANCEL_PENDING  CANCEL_UNKNOWN
            NEW             Started          NEW             LATE_START
            NEW             Succeeded        NEW             UNKNOWN_OUTCOME
            NEW             Failed           NEW             UNKNOWN_OUTCOME
            NEW             Impossible       NEW             -
            NEW             Forged           NEW             DeadLetter,FORGED_OUTCOME
            NEW             Tick             NEW             -
            CANCEL_PENDING  Submitted        TERMINAL        Settle:CANCELLED
            CANCEL_PENDING  CancelRequested  CANCEL_PENDING  DUPLICATE_CANCEL
            CANCEL_PENDING  Started          CANCEL_PENDING  LATE_START
            CANCEL_PENDING  Succeeded        CANCEL_PENDING  UNKNOWN_OUTCOME
            CANCEL_PENDING  Failed           CANCEL_PENDING  UNKNOWN_OUTCOME
            CANCEL_PENDING  Impossible       CANCEL_PENDING  -
            CANCEL_PENDING  Forged           CANCEL_PENDING  DeadLetter,FORGED_OUTCOME
            CANCEL_PENDING  Tick             NEW             CANCEL_EXPIRED
            SCHEDULED       Submitted        SCHEDULED       DUPLICATE_REQUEST
            SCHEDULED       CancelRequested  TERMINAL        Settle:CANCELLED
            SCHEDULED       Started          RUNNING         -
            SCHEDULED       Succeeded        TERMINAL        Settle:SUCCEEDED
            SCHEDULED       Failed           BACKING_OFF     RETRY
            SCHEDULED       Impossible       TERMINAL        Settle:FAILED
            SCHEDULED       Forged           SCHEDULED       DeadLetter,FORGED_OUTCOME
            SCHEDULED       Tick             SCHEDULED       LOST_DISPATCH,Schedule
            RUNNING         Submitted        RUNNING         DUPLICATE_REQUEST
            RUNNING         CancelRequested  TERMINAL        Settle:CANCELLED
            RUNNING         Started          RUNNING         -
            RUNNING         Succeeded        TERMINAL        Settle:SUCCEEDED
            RUNNING         Failed           BACKING_OFF     RETRY
            RUNNING         Impossible       TERMINAL        Settle:FAILED
            RUNNING         Forged           RUNNING         DeadLetter,FORGED_OUTCOME
            RUNNING         Tick             SCHEDULED       STUCK,Schedule
            BACKING_OFF     Submitted        BACKING_OFF     DUPLICATE_REQUEST
            BACKING_OFF     CancelRequested  TERMINAL        Settle:CANCELLED
            BACKING_OFF     Started          BACKING_OFF     LATE_START
            BACKING_OFF     Succeeded        TERMINAL        Settle:SUCCEEDED
            BACKING_OFF     Failed           BACKING_OFF     DUPLICATE_OUTCOME
            BACKING_OFF     Impossible       TERMINAL        Settle:FAILED
            BACKING_OFF     Forged           BACKING_OFF     DeadLetter,FORGED_OUTCOME
            BACKING_OFF     Tick             SCHEDULED       Schedule
            TERMINAL        Submitted        TERMINAL        DUPLICATE_REQUEST
            TERMINAL        CancelRequested  TERMINAL        CANCEL_AFTER_TERMINAL
            TERMINAL        Started          TERMINAL        LATE_START
            TERMINAL        Succeeded        TERMINAL        DUPLICATE_OUTCOME
            TERMINAL        Failed           TERMINAL        DUPLICATE_OUTCOME
            TERMINAL        Impossible       TERMINAL        -
            TERMINAL        Forged           TERMINAL        DeadLetter,FORGED_OUTCOME
            TERMINAL        Tick             NEW             PURGED,Purge
            """;

    private static final Map<String, LifecycleEvent> EVENTS = Map.of(
            "Submitted", new Submitted(profile("r-1"), Optional.empty()),
            "CancelRequested", new CancelRequested("r-1", "tenant-a", "enough"),
            "Started", new Started(1, "b-1", "w-1"),
            "Succeeded", new Succeeded(1),
            "Failed", new Failed(1, FailureKind.TRANSIENT, "It broke."),
            "Impossible", new Impossible("TOO_LARGE", "It is too large."),
            "Forged", new Forged(),
            "Tick", new Tick());

    private final RequestLifecycle lifecycle = new RequestLifecycle(LifecycleSettings.defaults());

    @Test
    void everyPhaseMeetsEveryEvent() {
        Set<List<String>> covered = new HashSet<>();
        for (String line : TABLE.lines().toList()) {
            String[] cells = line.trim().split("\\s+");
            Optional<LifecycleState> before = reach(cells[0]);
            // Far enough for every timer, so that a tick is due.
            Instant now = before.map(LifecycleState::nextDueAt).orElse(at(0));
            Transition transition = lifecycle.apply(before, EVENTS.get(cells[1]), now);
            assertThat(name(transition.state())).as(line).isEqualTo(cells[2]);
            assertThat(summary(transition.effects())).as(line).isEqualTo(cells[3]);
            covered.add(List.of(cells[0], cells[1]));
        }
        int eventTypes = LifecycleEvent.class.getPermittedSubclasses().length;
        assertThat(covered).hasSize((1 + Phase.values().length) * eventTypes);
    }

    @ParameterizedTest
    @CsvSource({"NEW", "CANCEL_PENDING", "SCHEDULED", "RUNNING", "BACKING_OFF", "TERMINAL"})
    void anEarlyTickChangesNothing(String phase) {
        Optional<LifecycleState> before = reach(phase);
        Instant now = before.map(LifecycleState::nextDueAt).orElse(at(0)).minusMillis(1);
        Transition transition = lifecycle.apply(before, new Tick(), now);
        assertThat(transition.state()).isEqualTo(before);
        assertThat(transition.effects()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"SCHEDULED", "RUNNING", "BACKING_OFF", "TERMINAL"})
    void whatAnotherTenantSaysChangesNothingAndBecomesADeadLetter(String phase) {
        Optional<LifecycleState> before = reach(phase);
        WorkProfile foreign = profile("r-1", "tenant-b", 10, 100, Optional.empty());
        Transition request = lifecycle.apply(before, new Submitted(foreign, Optional.empty()), at(1));
        assertThat(request.state()).isEqualTo(before);
        assertThat(summary(request.effects())).isEqualTo("DeadLetter,FOREIGN_REQUEST");

        Transition cancel = lifecycle.apply(before, new CancelRequested("r-1", "tenant-b", "enough"), at(1));
        assertThat(cancel.state()).isEqualTo(before);
        assertThat(summary(cancel.effects())).isEqualTo("DeadLetter,FOREIGN_CANCEL");
        assertThat(List.of(request, cancel))
                .flatExtracting(Transition::effects)
                .filteredOn(Effect.DeadLetter.class::isInstance)
                .noneMatch(effect -> effect.toString().contains("tenant-a"));
    }

    @ParameterizedTest
    @CsvSource({"CANCEL_PENDING", "SCHEDULED", "RUNNING", "BACKING_OFF", "TERMINAL"})
    void whatWasStoredWithoutATenantIsAnybodys(String phase) {
        LifecycleState known = reach(phase).orElseThrow();
        var request = known.request();
        Optional<LifecycleState> old = Optional.of(LifecycleState.of(
                new LifecycleState.Request(
                        request.requestId(),
                        Optional.empty(),
                        request.admittedAt(),
                        request.deadline(),
                        request.computationKey()),
                known.phase(),
                known.current(),
                known.timerAt(),
                known.terminal(),
                known.settledAt(),
                known.cancelReason()));
        for (String event : List.of("Submitted", "CancelRequested")) {
            assertThat(lifecycle.apply(old, EVENTS.get(event), at(1)).effects())
                    .isEqualTo(lifecycle
                            .apply(Optional.of(known), EVENTS.get(event), at(1))
                            .effects());
        }
    }

    @Test
    void everyStateKnowsItsWakeUp() {
        for (String line : TABLE.lines().toList()) {
            String[] cells = line.trim().split("\\s+");
            Optional<LifecycleState> before = reach(cells[0]);
            Transition transition = lifecycle.apply(before, EVENTS.get(cells[1]), at(7));
            Optional<Instant> registered = transition.effects().stream()
                    .filter(Effect.WakeAt.class::isInstance)
                    .map(effect -> ((Effect.WakeAt) effect).at())
                    .findFirst();
            Optional<Instant> due = transition.state().map(LifecycleState::nextDueAt);
            assertThat(registered.or(() -> before.map(LifecycleState::nextDueAt)))
                    .as(line)
                    .isEqualTo(due);
        }
    }

    private Optional<LifecycleState> reach(String phase) {
        List<LifecycleEvent> way = switch (phase) {
            case "NEW" -> List.of();
            case "CANCEL_PENDING" -> List.of(EVENTS.get("CancelRequested"));
            case "SCHEDULED" -> List.of(EVENTS.get("Submitted"));
            case "RUNNING" -> List.of(EVENTS.get("Submitted"), EVENTS.get("Started"));
            case "BACKING_OFF" -> List.of(EVENTS.get("Submitted"), EVENTS.get("Failed"));
            case "TERMINAL" -> List.of(EVENTS.get("Submitted"), EVENTS.get("Succeeded"));
            default -> throw new IllegalArgumentException(phase);
        };
        Optional<LifecycleState> state = Optional.empty();
        for (LifecycleEvent event : way) {
            state = lifecycle.apply(state, event, at(0)).state();
        }
        assertThat(name(state)).isEqualTo(phase);
        return state;
    }

    private static String name(Optional<LifecycleState> state) {
        return state.map(known -> known.phase().name()).orElse("NEW");
    }

    /** What is visible outside, without progress and wake-ups. */
    private static String summary(List<Effect> effects) {
        String words = effects.stream()
                .map(effect -> switch (effect) {
                    case Effect.Schedule _ -> "Schedule";
                    case Effect.Settle settle -> "Settle:" + settle.status();
                    case Effect.Count count -> count.counter().name();
                    case Effect.Purge _ -> "Purge";
                    case Effect.DeadLetter _ -> "DeadLetter";
                    case Effect.PublishStatus _, Effect.WakeAt _ -> "";
                })
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(","));
        return words.isEmpty() ? "-" : words;
    }

    @Test
    void theTableNamesEveryEventType() {
        assertThat(EVENTS.keySet())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(LifecycleEvent.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
    }
}
