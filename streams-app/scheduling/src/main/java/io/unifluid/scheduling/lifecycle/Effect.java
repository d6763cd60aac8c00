package io.unifluid.scheduling.lifecycle;

import java.time.Instant;

/** What the caller must do after a transition, in the order given, in one transaction with storing the state. */
public sealed interface Effect {

    /**
     * Hand the request to batching.
     *
     * @param attempt the attempt number that its outcome must carry; the same number comes twice when a dispatch seems
     *     lost, so batching ignores one that it still holds
     * @param isolated it must run in a batch of its own
     * @param scheduledAt its place in the queue: a retry never overtakes fresh work
     */
    record Schedule(int attempt, boolean isolated, Instant scheduledAt) implements Effect {}

    /**
     * Publish the one visible result.
     *
     * @param reasonKind stable, machine-readable name; empty when it succeeded
     * @param message one sentence for people; empty when it succeeded
     */
    record Settle(TerminalStatus status, String reasonKind, String message) implements Effect {}

    /**
     * Publish progress.
     *
     * @param detail for people; may be empty
     */
    record PublishStatus(Progress state, int attempt, String detail) implements Effect {}

    /** Send a {@link LifecycleEvent.Tick} at this instant; it replaces the wake-up of the state before. */
    record WakeAt(Instant at) implements Effect {}

    /** Forget the request that was settled: drop its payload and its status too. */
    record Purge() implements Effect {}

    /**
     * The record that brought the event is not acted on: it becomes a dead letter.
     *
     * @param reason one sentence: what is wrong and what to do; says nothing about another tenant
     */
    record DeadLetter(String reason) implements Effect {}

    /** Add one to a counter. */
    record Count(Counter counter) implements Effect {}
}
