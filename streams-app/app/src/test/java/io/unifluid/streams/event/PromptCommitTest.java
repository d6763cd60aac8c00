package io.unifluid.streams.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;

class PromptCommitTest {
    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private final PromptCommit commit = new PromptCommit(Duration.ofMillis(5));

    @Test
    void endsTheTransactionWhenSomebodyAsks() {
        at(1_000);
        commit.look(context);
        assertThat(context.committed()).isFalse();

        commit.ask(context);
        assertThat(context.committed()).isTrue();
    }

    @Test
    void whatIsAskedTooSoonIsDoneAtALaterLookAndOnce() {
        at(1_000);
        commit.ask(context);
        context.resetCommit();

        at(1_004);
        commit.ask(context);
        commit.look(context);
        assertThat(context.committed()).isFalse();

        at(1_005);
        commit.look(context);
        assertThat(context.committed()).isTrue();
        context.resetCommit();

        at(2_000);
        commit.look(context);
        assertThat(context.committed()).isFalse();
    }

    @Test
    void aClockThatGoesBackHoldsNobodyUp() {
        at(1_000);
        commit.ask(context);
        context.resetCommit();

        at(10);
        commit.ask(context);
        assertThat(context.committed()).isTrue();
    }

    private void at(long millis) {
        context.setCurrentSystemTimeMs(millis);
    }
}
