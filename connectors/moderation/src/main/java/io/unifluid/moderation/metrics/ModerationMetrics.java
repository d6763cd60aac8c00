package io.unifluid.moderation.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.streams.event.FaultCounts;
import java.util.function.Supplier;

/**
 * What the app counts; each is there from the start.
 *
 * <pre>
 * verdicts = submissions{asked} + submissions{listed} + submissions{without_policy} + submissions{unaskable} - those that wait
 * </pre>
 */
public final class ModerationMetrics implements FaultCounts {
    /** What became of a submission as it came in. */
    public enum Intake {
        ASKED,
        LISTED,
        WITHOUT_POLICY,
        UNASKABLE,
        REPEATED
    }

    private final MeterRegistry registry;

    public ModerationMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (var intake : Intake.values()) {
            submissions(intake);
        }
        for (var decision : Decision.values()) {
            verdicts(decision);
        }
        decisions(true);
        decisions(false);
        stray();
        threads();
        for (var topic : new String[] {"unifluid.policies", "unifluid.moderation.hashes"}) {
            unread(topic);
        }
    }

    public void submission(Intake intake) {
        submissions(intake).increment();
    }

    public void verdict(Decision decision) {
        verdicts(decision).increment();
    }

    public void ruling(boolean accepted) {
        decisions(accepted).increment();
    }

    /** An answer that no case waits for: it came too late, or was never asked for. */
    public void strayAnswer() {
        stray().increment();
    }

    /** A policy or an entry of a list that cannot be used; it is left out. */
    public void unusable(String topic) {
        unread(topic).increment();
    }

    public void threadFailed() {
        threads().increment();
    }

    /**
     * @param versions of all policies
     * @param entries of all hash lists
     */
    public void known(Supplier<Number> versions, Supplier<Number> entries) {
        Gauge.builder("unifluid.moderation.policies", versions)
                .description("Sound versions of policies that are known")
                .register(registry);
        Gauge.builder("unifluid.moderation.hashes", entries)
                .description("Entries of hash lists that are known")
                .register(registry);
    }

    @Override
    public void deadLetter(String topic) {
        registry.counter("unifluid.dead.letters", "topic", topic).increment();
    }

    @Override
    public void received() {
        // Requests are not read here.
    }

    private Counter submissions(Intake intake) {
        return Counter.builder("unifluid.moderation.submissions")
                .description("Submissions by what became of them as they came in")
                .tag("outcome", intake.name().toLowerCase(java.util.Locale.ROOT))
                .register(registry);
    }

    private Counter verdicts(Decision decision) {
        return Counter.builder("unifluid.moderation.verdicts")
                .description("Verdicts by decision")
                .tag("decision", decision.name().toLowerCase(java.util.Locale.ROOT))
                .register(registry);
    }

    private Counter decisions(boolean accepted) {
        return Counter.builder("unifluid.moderation.decisions")
                .description("Decisions of people by whether they changed anything")
                .tag("accepted", Boolean.toString(accepted))
                .register(registry);
    }

    private Counter stray() {
        return Counter.builder("unifluid.moderation.stray.answers")
                .description("Answers that no case waits for")
                .register(registry);
    }

    private Counter threads() {
        return Counter.builder("unifluid.thread.failures")
                .description("Stream threads that failed and were replaced")
                .register(registry);
    }

    private Counter unread(String topic) {
        return Counter.builder("unifluid.moderation.unusable")
                .description("Policies and list entries that were left out, since they cannot be used")
                .tag("topic", topic)
                .register(registry);
    }
}
