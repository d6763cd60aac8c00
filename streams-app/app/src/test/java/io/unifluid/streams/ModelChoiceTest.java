package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that name a model, and what the workers say they run. */
class ModelChoiceTest {
    private static final Duration A_MOMENT = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private static InferenceRequest asking(String id, String model) {
        var request = Harness.caption(id);
        request.setModel(model);
        return request;
    }

    private static List<String> sent(Harness app) {
        return app.advance(A_MOMENT).batches(Harness.BULK).stream()
                .flatMap(batch -> Harness.ids(batch).stream())
                .toList();
    }

    private static void refused(Harness app, String kind) {
        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
            assertThat(result.getError().getKind()).isEqualTo(kind);
        });
    }

    @Test
    void aModelThatNobodyRunsIsRefusedAndSaysWhatRuns() {
        try (var app = Harness.with(folder)) {
            app.running("worker-2", "other", "7");
            assertThat(app.request(asking("a", "gpt-9")).results())
                    .extracting(result -> result.getError().getMessage())
                    .containsExactly("The model 'gpt-9' is not running; what runs is other@7, reference@1: name one of"
                            + " these, or leave the field out.");
            assertThat(sent(app)).isEmpty();
        }
    }

    @Test
    void aModelThatRunsIsTakenByItsNameAndByItsVersion() {
        try (var app = Harness.with(folder)) {
            app.request(asking("a", "reference")).request(asking("b", "reference@1"));
            assertThat(sent(app)).containsExactlyInAnyOrder("a", "b");
            app.request(asking("c", "reference@2"));
            refused(app, "UNKNOWN_MODEL");
        }
    }

    @Test
    void aWorkerThatEndedOrIsSilentDoesNotCount() {
        try (var app = Harness.with(folder)) {
            app.running("worker-2", "other", "7").gone("worker-2");
            app.request(asking("a", "other"));
            refused(app, "UNKNOWN_MODEL");

            app.running("worker-2", "other", "7").silent("worker-2").advance(Duration.ofSeconds(29));
            app.request(asking("b", "other"));
            assertThat(sent(app)).containsExactly("b");
            app.advance(Duration.ofSeconds(2)).request(asking("c", "other"));
            refused(app, "UNKNOWN_MODEL");
        }
    }

    @Test
    void whileNoWorkerIsKnownTheRequestWaits() {
        try (var app = Harness.with(folder)) {
            app.gone("worker-1");
            app.request(asking("a", "gpt-9"));
            assertThat(app.results()).isEmpty();
            assertThat(sent(app)).containsExactly("a");

            app.running("1");
            app.failed("a", 1, FailureKind.UNKNOWN_MODEL, "The request asks for the model 'gpt-9'.");
            assertThat(app.results()).singleElement().satisfies(result -> {
                assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
                assertThat(result.getError().getKind()).isEqualTo("UNKNOWN_MODEL");
                assertThat(result.getError().getMessage()).isEqualTo("The request asks for the model 'gpt-9'.");
            });
        }
    }

    @Test
    void aWorkerThatRefusesAModelWhichAnotherRunsLeavesItToTheOther() {
        try (var app = Harness.with(folder)) {
            app.running("worker-2", "other", "7").request(asking("a", "other"));
            assertThat(sent(app)).containsExactly("a");
            app.failed("a", 1, FailureKind.UNKNOWN_MODEL, "This worker runs reference@1.");
            assertThat(app.results()).isEmpty();
            app.advance(Duration.ofSeconds(6));
            assertThat(sent(app)).containsExactly("a");
            assertThat(app.succeeded("a", 2).results())
                    .extracting(InferenceResult::getStatus)
                    .containsExactly(ResultStatus.SUCCEEDED);
        }
    }

    @Test
    void aTaskThatNoRunningModelDoesIsRefused() {
        try (var app = Harness.with(folder)) {
            app.gone("worker-1").announce("worker-2", "other", "7", Duration.ofSeconds(30), "generate");
            app.request(asking("a", null));
            refused(app, "UNKNOWN_TASK");
        }
    }

    @Test
    void aTaskThatThisVersionDoesNotKnowIsRefused() {
        try (var app = Harness.with(folder)) {
            var request = asking("a", null);
            request.setTask(null);
            app.request(request);
            refused(app, "UNKNOWN_TASK");
        }
    }

    @Test
    void keptAnswersLeaveWithTheirModelAtOnce() {
        try (var app = Harness.with(folder)) {
            app.request(Harness.caption("a", "the picture"));
            sent(app);
            app.succeeded("a", 1).results();
            assertThat(app.request(Harness.caption("b", "the picture")).results())
                    .extracting(InferenceResult::getCacheHit)
                    .containsExactly(true);

            app.gone("worker-1").running("worker-2", "reference", "2");
            assertThat(sent(app.request(Harness.caption("c", "the picture")))).containsExactly("c");

            app.running("1");
            assertThat(app.request(Harness.caption("d", "the picture")).results())
                    .as("rolled back")
                    .extracting(result -> result.getModel().getVersion())
                    .containsExactly("1");
        }
    }

    @Test
    void whatCannotBeReadOfAWorkerIsCountedAndStopsNobody() {
        try (var app = Harness.with(folder)) {
            var in = app.driver.createInputTopic(
                    Topics.WORKERS.name(), new StringSerializer(), new ByteArraySerializer());
            in.pipeInput("worker-1", "no announcement".getBytes(StandardCharsets.UTF_8));
            in.pipeInput(null, new byte[] {0});
            assertThat(app.count("unifluid.workers.unreadable")).isEqualTo(2);
            assertThat(sent(app.request(asking("a", "reference")))).containsExactly("a");
            assertThat(app.meters.get("unifluid.workers.running").gauge()).isNotNull();
        }
    }

    @Test
    void aNamedModelDoesNotShareWithARequestThatLeavesTheChoice() {
        try (var app = Harness.with(folder)) {
            var named = Harness.caption("a", "the picture");
            named.setModel("reference");
            named.setTask(new Caption(0, null));
            assertThat(sent(app.request(named).request(Harness.caption("b", "the picture"))))
                    .containsExactlyInAnyOrder("a", "b");
        }
    }

    private static String group(Harness app, String id) {
        return app.advance(A_MOMENT).batches(Harness.BULK).stream()
                .filter(batch -> Harness.ids(batch).contains(id))
                .map(MicroBatch::getGroup)
                .findFirst()
                .orElse("none");
    }

    @Test
    void aBatchNamesTheGroupThatCanRunIt() {
        try (var app = Harness.with(folder)) {
            app.announceIn("own", "worker-2", "colours", "1", Duration.ofHours(1), "caption");
            assertThat(group(app.request(asking("any", null)), "any")).isEmpty();
            assertThat(group(app.request(asking("named", "colours")), "named")).isEqualTo("own");
            assertThat(group(app.request(asking("version", "colours@1")), "version"))
                    .isEqualTo("own");
            app.gone("worker-1");
            assertThat(group(app.request(asking("alone", null)), "alone")).isEqualTo("own");
            app.gone("worker-2");
            assertThat(group(app.request(asking("restart", null)), "restart"))
                    .as("it comes again")
                    .isEqualTo("own");
        }
    }

    @Test
    void whereTheOperatorChoseSoARequestWaitsForItsModel() {
        try (var app = Harness.with(folder, "absent-model", "wait")) {
            app.request(asking("a", "colours")).request(asking("b", null));
            assertThat(sent(app)).containsExactly("b");
            app.advance(Duration.ofMinutes(5));
            assertThat(sent(app)).isEmpty();
            assertThat(app.results()).isEmpty();

            app.announceIn("own", "worker-2", "colours", "1", Duration.ofHours(1), "caption");
            assertThat(group(app, "a")).isEqualTo("own");
        }
    }

    @Test
    void whatWaitsForItsModelStillExpires() {
        try (var app = Harness.with(folder, "absent-model", "wait")) {
            var request = asking("a", "colours");
            request.setDeadline(app.now().plus(Duration.ofMinutes(1)));
            app.request(request).advance(Duration.ofMinutes(2));
            assertThat(app.results())
                    .singleElement()
                    .satisfies(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.EXPIRED));
        }
    }
}
