package io.unifluid.moderation.topology;

import io.unifluid.schemas.Priority;
import io.unifluid.streams.event.PromptCommit;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * When a transaction ends: at once where somebody waits for what is in it, and at once too where none has ended for a while,
 * so that the first of many waits for nobody. Many together end in one, as often as Kafka Streams does it by itself: a
 * transaction costs the same however much is in it. One for each processor; belongs to its thread.
 */
final class Commits {
    private final PromptCommit afterAWhile;

    /** @param interval as often as Kafka Streams ends transactions by itself */
    Commits(Duration interval) {
        this.afterAWhile = new PromptCommit(interval);
    }

    /** Something was forwarded for which somebody waits. */
    void now(ProcessorContext<?, ?> context) {
        context.commit();
    }

    /** The same, where it depends on the submission. */
    void after(Priority priority, ProcessorContext<?, ?> context) {
        if (priority == Priority.INTERACTIVE) {
            now(context);
        } else {
            ofMany(context);
        }
    }

    /** Something was forwarded that may be one of many. */
    void ofMany(ProcessorContext<?, ?> context) {
        afterAWhile.ask(context);
    }
}
