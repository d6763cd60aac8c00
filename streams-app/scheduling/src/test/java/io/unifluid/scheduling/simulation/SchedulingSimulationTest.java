package io.unifluid.scheduling.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.lifecycle.Counter;
import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.lifecycle.LifecycleSettings;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.RequestLifecycle;
import io.unifluid.scheduling.lifecycle.RetryPolicy;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.scheduling.lifecycle.Transition;
import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.task.FailureKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A hundred thousand lifecycle events a run, with everything going wrong that may. One seed is new in every build; run
 * printed ones again with {@code -Dsimulation.seed=<seed>,<seed>}.
 */
class SchedulingSimulationTest {
    private static final int EVENTS = 100_000;
    private static final int MAX_ATTEMPTS = 5;
    private static final LifecycleSettings SETTINGS = settings(MAX_ATTEMPTS);

    private final RequestLifecycle lifecycle = new RequestLifecycle(SETTINGS);

    private static LifecycleSettings settings(int maxAttempts) {
        return new LifecycleSettings(
                Duration.ofMinutes(5),
                Duration.ofMinutes(3),
                9,
                Duration.ofMinutes(20),
                Duration.ofHours(24),
                new RetryPolicy(maxAttempts, 2, Duration.ofSeconds(4), 2.0, Duration.ofMinutes(1), 0.25));
    }

    static LongStream seeds() {
        String given = System.getProperty("simulation.seed");
        return given != null
                ? Arrays.stream(given.split(",")).mapToLong(Long::parseLong)
                : LongStream.of(1, 2, 3, System.nanoTime());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsThePromise(long seed) {
        Simulation run = new Simulation(seed, lifecycle::apply, MAX_ATTEMPTS).run(EVENTS);
        System.out.printf(
                "simulation seed %d: %d events, %d requests, %s, %s, %s%n",
                seed, run.events(), run.requests(), run.byStatus(), run.counts(), run.sharing());
        assertThat(run.breaches()).as("seed %d", seed).isEmpty();
        assertThat(run.events()).isGreaterThanOrEqualTo(EVENTS);
        // The run was worth something: every ending was reached, and everything that is counted happened.
        assertThat(run.byStatus().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(TerminalStatus.values()).map(Enum::name).toList());
        assertThat(run.counts().keySet()).contains(Counter.values());
        assertThat(run.sharing().keySet())
                .contains("hit", "shared", "shared failure", "promoted", "left for AGE", "left for SIZE");
        assertThat(run.waitsChecked()).isGreaterThan(500);
        assertThat(run.byStatus().get("SUCCEEDED")).isGreaterThan(run.requests() * 7 / 10);
    }

    @Test
    void givesTheSameRunForTheSameSeed() {
        Simulation one = new Simulation(7, lifecycle::apply, MAX_ATTEMPTS).run(20_000);
        Simulation other = new Simulation(7, lifecycle::apply, MAX_ATTEMPTS).run(20_000);
        assertThat(one.byStatus()).isEqualTo(other.byStatus());
        assertThat(one.counts()).isEqualTo(other.counts());
    }

    // Sabotage: a broken lifecycle must be found out, or the checks above are worth nothing.

    private List<String> breachesOf(Decider broken) {
        return new Simulation(7, broken, MAX_ATTEMPTS).run(20_000).breaches();
    }

    /** The lifecycle without the effects that match. */
    private Decider without(Predicate<Effect> lost) {
        return (state, event, now) -> {
            Transition right = lifecycle.apply(state, event, now);
            return new Transition(
                    right.state(),
                    right.effects().stream().filter(lost.negate()).toList());
        };
    }

    @Test
    void findsALostResult() {
        assertThat(breachesOf(without(
                        effect -> effect instanceof Effect.Settle settle && settle.status() == TerminalStatus.EXPIRED)))
                .anyMatch(breach -> breach.endsWith("has 0 results"));
    }

    @Test
    void findsASecondResult() {
        Decider settlesAgain = (state, event, now) ->
                state.isPresent() && state.get().phase() == Phase.TERMINAL && event instanceof LifecycleEvent.Succeeded
                        ? new Transition(state, List.of(new Effect.Settle(TerminalStatus.SUCCEEDED, "", "")))
                        : lifecycle.apply(state, event, now);
        assertThat(breachesOf(settlesAgain)).anyMatch(breach -> breach.endsWith("has 2 results"));
    }

    @Test
    void findsASkippedDedupe() {
        Decider takesDuplicates = (state, event, now) ->
                lifecycle.apply(event instanceof LifecycleEvent.Submitted ? Optional.empty() : state, event, now);
        assertThat(breachesOf(takesDuplicates))
                .anyMatch(breach -> breach.endsWith("was handed out after its result"))
                .anyMatch(breach -> breach.endsWith("has 2 results"));
    }

    @Test
    void findsABelievedForgery() {
        assertThat(breachesOf((state, event, now) -> lifecycle.apply(
                        state, event instanceof LifecycleEvent.Forged ? new LifecycleEvent.Succeeded(1) : event, now)))
                .anyMatch(breach -> breach.contains("ended in Settle[status=SUCCEEDED"));
    }

    @Test
    void findsACancelOfSomebodyElse() {
        assertThat(breachesOf((state, event, now) -> lifecycle.apply(
                        state,
                        event instanceof LifecycleEvent.CancelRequested cancel
                                ? new LifecycleEvent.CancelRequested(
                                        cancel.requestId(),
                                        state.flatMap(LifecycleState::tenant).orElse(cancel.tenant()),
                                        cancel.reason())
                                : event,
                        now)))
                .anyMatch(breach -> breach.contains("ended in Settle[status=CANCELLED"));
    }

    @Test
    void findsARequestThatIsDroppedForAnotherTenantsOne() {
        assertThat(breachesOf(without(Effect.DeadLetter.class::isInstance)))
                .anyMatch(breach -> breach.endsWith("has neither a result nor a dead letter"));
    }

    @Test
    void findsForgottenTimers() {
        assertThat(breachesOf((state, event, now) -> event instanceof LifecycleEvent.Tick
                        ? new Transition(state, List.of())
                        : lifecycle.apply(state, event, now)))
                .anyMatch(breach -> breach.endsWith("has 0 results"))
                .anyMatch(breach -> breach.endsWith("states were never purged"));
    }

    @Test
    void findsAnIgnoredDeadline() {
        Decider lax = (state, event, now) -> {
            Transition right = lifecycle.apply(state, event, now);
            boolean expiredOnTheWay = right.effects().stream()
                    .anyMatch(effect -> effect instanceof Effect.Settle settle
                            && settle.reasonKind().startsWith("DEADLINE_")
                            && !settle.reasonKind().equals("DEADLINE_QUEUED"));
            return expiredOnTheWay ? new Transition(state, List.of()) : right;
        };
        assertThat(breachesOf(lax)).anyMatch(breach -> breach.contains("waited beyond its deadline"));
    }

    @Test
    void findsTooManyAttempts() {
        RequestLifecycle stubborn = new RequestLifecycle(settings(7));
        Decider alwaysTransient = (state, event, now) -> stubborn.apply(
                state,
                event instanceof LifecycleEvent.Succeeded succeeded
                        ? new LifecycleEvent.Failed(succeeded.attempt(), FailureKind.TRANSIENT, "It broke.")
                        : event,
                now);
        assertThat(breachesOf(alwaysTransient)).anyMatch(breach -> breach.contains("was handed out as attempt 6 of 5"));
    }

    @Test
    void findsPunishedNeighboursOfAPoisonousRequest() {
        Decider neverIsolates = (state, event, now) ->
                lifecycle.apply(state.map(SchedulingSimulationTest::asIfIsolatedTwice), event, now);
        assertThat(breachesOf(neverIsolates))
                .anyMatch(breach -> breach.contains("HEALTHY, ended in Settle[status=FAILED"));
    }

    @Test
    void findsBatchesThatAreTooLateOrTooLarge() {
        UnaryOperator<BatchSettings> doubled = right -> new BatchSettings(
                2 * right.maxItems(),
                right.maxCost(),
                2 * right.maxBytes(),
                right.maxWait().multipliedBy(4),
                right.deadlineReserve());
        assertThat(new Simulation(7, lifecycle::apply, MAX_ATTEMPTS, doubled, ReuseFaults.none())
                        .run(20_000)
                        .breaches())
                .anyMatch(breach -> breach.startsWith("a batch left after"))
                .anyMatch(breach -> breach.matches("a batch holds (3[3-9]|[456].) requests"))
                .anyMatch(breach -> breach.matches("a batch of .* bytes"));
    }

    private List<String> breachesOf(ReuseFaults broken) {
        return new Simulation(7, lifecycle::apply, MAX_ATTEMPTS, UnaryOperator.identity(), broken)
                .run(20_000)
                .breaches();
    }

    @Test
    void findsRequestsThatWaitForOneThatIsGone() {
        assertThat(breachesOf(new ReuseFaults(
                        outcome -> outcome == AttemptOutcome.GONE ? AttemptOutcome.AGAIN : outcome,
                        UnaryOperator.identity(),
                        false)))
                .anyMatch(breach -> breach.contains("ended in Settle[status=FAILED, reasonKind=LOST"));
    }

    @Test
    void findsAFailureThatIsNotEverybodys() {
        assertThat(breachesOf(new ReuseFaults(
                        outcome -> outcome == AttemptOutcome.GONE ? AttemptOutcome.FAILED_FOR_GOOD : outcome,
                        UnaryOperator.identity(),
                        true)))
                .anyMatch(breach -> breach.contains("HEALTHY, ended in Settle[status=FAILED"));
    }

    @Test
    void findsTheAnswerToAnotherQuestion() {
        assertThat(breachesOf(
                        new ReuseFaults(UnaryOperator.identity(), key -> key.substring(0, key.length() - 1), true)))
                .anyMatch(breach -> breach.endsWith("which asked for something else"));
    }

    private static LifecycleState asIfIsolatedTwice(LifecycleState s) {
        return LifecycleState.of(
                s.request(),
                s.phase(),
                new LifecycleState.Attempt(s.attempt(), 2, s.lostDispatches(), s.isolated()),
                s.timerAt(),
                s.terminal(),
                s.settledAt(),
                s.cancelReason());
    }
}
