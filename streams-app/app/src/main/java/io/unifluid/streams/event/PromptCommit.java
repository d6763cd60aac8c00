package io.unifluid.streams.event;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Ends a transaction early where somebody waits for what is in it, but not more often than the transactions are worth
 * ({@link CommitBudget}): what was asked for too soon is done at a later look. One for each processor; belongs to its thread.
 */
public final class PromptCommit {
    private final Duration between;
    private Instant lastAsked = Instant.MIN;
    private boolean waiting;

    /** @param between the least time from one early end to the next */
    public PromptCommit(Duration between) {
        this.between = between;
    }

    /** Somebody waits for what was just forwarded. */
    public void ask(ProcessorContext<?, ?> context) {
        waiting = true;
        look(context);
    }

    /** To be called at every look at the clock. */
    public void look(ProcessorContext<?, ?> context) {
        var now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        if (waiting
                && (now.isBefore(lastAsked) || !now.isBefore(lastAsked.plus(between)))
                && CommitBudget.ofThread().allows()) {
            waiting = false;
            lastAsked = now;
            context.commit();
        }
    }
}
