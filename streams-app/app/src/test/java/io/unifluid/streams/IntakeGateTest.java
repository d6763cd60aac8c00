package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.intake.IntakeGate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left unread while too much is unfinished. */
class IntakeGateTest {
    private static final String BULK = Topics.REQUESTS.name();
    private static final String INTERACTIVE = Topics.REQUESTS_INTERACTIVE.name();

    @TempDir
    Path folder;

    @Test
    void bulkIsHeldBackBeforeInteractiveRequestsAndReportsNever() {
        var gate = new IntakeGate(100);
        var one = counted(gate, 0);
        var other = counted(gate, 1);
        one.set(50);
        other.set(49);
        assertThat(gate.holds(BULK)).isFalse();

        other.set(50);
        assertThat(gate.holds(BULK)).isTrue();
        assertThat(gate.holds(INTERACTIVE)).isFalse();

        one.set(70);
        assertThat(gate.holds(INTERACTIVE)).isTrue();
        assertThat(gate.holds(Topics.OUTCOMES.name())).isFalse();
        assertThat(gate.holds(Topics.CONTROLS.name())).isFalse();
        assertThat(gate.topicsHeld()).isEqualTo(2);
    }

    @Test
    void whatIsHeldBackIsReadAgainWhenATenthOfTheLimitIsLeft() {
        var gate = new IntakeGate(100);
        var count = counted(gate, 0);
        count.set(100);
        assertThat(gate.holds(BULK)).isTrue();
        count.set(90);
        assertThat(gate.holds(BULK)).isTrue();
        count.set(89);
        assertThat(gate.holds(BULK)).isFalse();
        count.set(99);
        assertThat(gate.holds(BULK)).isFalse();
    }

    @Test
    void aTaskThatWentElsewhereDoesNotCount() {
        var gate = new IntakeGate(100);
        counted(gate, 0).set(100);
        gate.counter(new TaskId(0, 1));
        assertThat(gate.holds(BULK)).isTrue();
        gate.forget(new TaskId(0, 1));
        assertThat(gate.holds(BULK)).isTrue();
        gate.forget(new TaskId(0, 0));
        assertThat(gate.holds(BULK)).isFalse();
    }

    @Test
    void bulkIsHeldBackUntilATaskHasCountedWhatItFound() {
        var gate = new IntakeGate(100);
        gate.counter(new TaskId(0, 0));
        assertThat(gate.holds(BULK)).isTrue();
        assertThat(gate.holds(INTERACTIVE)).isFalse();
        gate.counted(new TaskId(0, 0));
        assertThat(gate.holds(BULK)).isFalse();
    }

    private static AtomicInteger counted(IntakeGate gate, int partition) {
        var task = new TaskId(0, partition);
        var counter = gate.counter(task);
        gate.counted(task);
        return counter;
    }

    @Test
    void everyEndOfARequestIsCounted() {
        try (var app = Harness.with(folder, "retry.max-attempts", "1")) {
            app.request("answered").request("cancelled").request("failed").request("waits");
            var refused = Harness.caption("refused");
            refused.setTenant(" ");
            app.request(refused);
            app.request("waits");
            var late = Harness.caption("late");
            late.setDeadline(app.now().plusSeconds(1));
            app.request(late);
            assertThat(app.gate.unfinished()).isEqualTo(5);

            app.advance(Duration.ofMillis(500)).succeeded("answered", 1).cancel("cancelled");
            app.failed("failed", 1, FailureKind.BAD_INPUT, "It is no picture.");
            assertThat(app.gate.unfinished()).isEqualTo(2);

            app.advance(Duration.ofSeconds(2));
            assertThat(app.gate.unfinished()).isEqualTo(1);
        }
    }
}
