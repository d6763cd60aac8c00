package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may overtake the bulk that admission hands to batching, and what must not. */
class ScheduleOrderTest {
    @TempDir
    Path stateDir;

    private Harness app;

    @BeforeEach
    void start() {
        app = Harness.with(stateDir);
    }

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void anEndAfterAReportGoesAhead() {
        app.request("one").advance(Duration.ofSeconds(1)).succeeded("one", 1);
        assertThat(app.scheduled(Topics.SCHEDULE)).containsExactly("dispatch");
        assertThat(app.scheduled(Topics.SCHEDULE_AHEAD)).containsExactly("ended one 1");
    }

    @Test
    void anEndWithoutAReportStaysBehindItsDispatch() {
        app.request("one").cancel("one");
        assertThat(app.scheduled(Topics.SCHEDULE)).containsExactly("dispatch", "ended one 1");
        assertThat(app.scheduled(Topics.SCHEDULE_AHEAD)).isEmpty();
    }

    @Test
    void aReportOfAnEarlierAttemptDoesNotShowThatThePresentOneArrived() {
        app.request("one")
                .advance(Duration.ofSeconds(1))
                .failed("one", 1, FailureKind.TRANSIENT, "The blob store is away.")
                .advance(Duration.ofSeconds(6));
        assertThat(app.scheduled(Topics.SCHEDULE)).containsExactly("dispatch", "dispatch");
        assertThat(app.scheduled(Topics.SCHEDULE_AHEAD)).containsExactly("ended one 1");

        app.succeeded("one", 1);
        assertThat(app.scheduled(Topics.SCHEDULE)).containsExactly("ended one 2");
        assertThat(app.scheduled(Topics.SCHEDULE_AHEAD)).isEmpty();
    }

    @Test
    void aReportDoesNotShowThatARepeatedDispatchArrived() {
        app.request("one").advance(Duration.ofMinutes(16));
        assertThat(app.scheduled(Topics.SCHEDULE)).containsExactly("dispatch", "dispatch");

        app.succeeded("one", 1);
        assertThat(app.scheduled(Topics.SCHEDULE)).containsExactly("ended one 1");
    }

    @Test
    void allOfAnInteractiveRequestGoesAheadInOrder() {
        var request = Harness.caption("one");
        request.setPriority(Priority.INTERACTIVE);
        app.request(request).cancel("one");
        assertThat(app.scheduled(Topics.SCHEDULE)).isEmpty();
        assertThat(app.scheduled(Topics.SCHEDULE_AHEAD)).containsExactly("dispatch", "ended one 1");
    }
}
