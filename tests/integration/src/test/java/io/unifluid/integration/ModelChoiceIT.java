package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.hub.DtypeChoice;
import io.unifluid.inference.library.ImportWishes;
import io.unifluid.inference.library.ModelImport;
import io.unifluid.inference.library.ModelLibrary;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import io.unifluid.worker.WorkerRunner;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that name a model, and what becomes of kept answers when another model runs, with real workers. */
final class ModelChoiceIT {
    @TempDir
    Path scratch;

    private static InferenceRequest asking(String id, String model) {
        return Requests.caption(id, SampleArchive.scene(1).bytes())
                .setModel(model)
                .build();
    }

    private static InferenceRequest same(String id) {
        return asking(id, null);
    }

    private static InferenceResult sent(WholePath path, InferenceRequest request) {
        path.client.send(request);
        return path.client.await(request.getRequestId(), Await.PATIENCE);
    }

    private static WorkerRunner started(WholePath path, String name, String model, String version) throws Exception {
        var worker = path.worker(name, () -> ScriptedModel.named(model, version));
        worker.start();
        assertThat(worker.awaitReady(Await.PATIENCE)).isTrue();
        return worker;
    }

    private static void refused(InferenceResult result, String kind, String says) {
        assertThat(result.getStatus()).isIn(ResultStatus.REJECTED, ResultStatus.FAILED);
        assertThat(result.getError().getKind()).isEqualTo(kind);
        assertThat(result.getError().getMessage()).contains(says);
    }

    private static byte[] plain(Color colour) throws IOException {
        var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, 16, 16);
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    @Test
    void theModelIsHonouredOrRefusedAndAnswersLeaveWithIt() throws Exception {
        try (var path = WholePath.start(scratch, Map.of(), Optional.empty())) {
            var early = asking("early", "gpt-9");
            path.client.send(early); // No worker is known: it waits, and the worker refuses it.

            try (var _ = started(path, "first", "small", "1")) {
                refused(path.client.await("early", Await.PATIENCE), "UNKNOWN_MODEL", "small@1");
                refused(sent(path, asking("late", "gpt-9")), "UNKNOWN_MODEL", "what runs is small@1");
                refused(sent(path, asking("version", "small@2")), "UNKNOWN_MODEL", "what runs is small@1");
                assertThat(sent(path, asking("named", "small@1")).getModel().getVersion())
                        .isEqualTo("1");
                assertThat(sent(path, same("computed")).getCacheHit()).isFalse();
                assertThat(sent(path, same("kept")).getCacheHit()).isTrue();
            }
            try (var _ = started(path, "second", "small", "2")) {
                var result = sent(path, same("anew"));
                assertThat(result.getCacheHit()).isFalse();
                assertThat(result.getModel().getVersion()).isEqualTo("2");
                refused(sent(path, asking("gone", "small@1")), "UNKNOWN_MODEL", "what runs is small@2");
            }
            anImportedModelAnswersWhatItCanAndSaysWhatItCannot(path);
            eachOfSeveralModelsGetsWhatItCanRun(path);
        }
    }

    private void anImportedModelAnswersWhatItCanAndSaysWhatItCannot(WholePath path) throws Exception {
        var library = new ModelLibrary(scratch.resolve("models"), Optional.empty());
        new ModelImport(library)
                .take(
                        WholePath.bundle().resolve("../../inference/src/test/resources/hub-classifier"),
                        new ImportWishes(Optional.of("colours"), Optional.empty(), Optional.empty(), DtypeChoice.ANY));
        var red = plain(Color.RED);

        try (var worker =
                path.worker("third", () -> Models.open(library.resolve("colours"), ModelOptions.defaults()))) {
            worker.start();
            assertThat(worker.awaitReady(Await.PATIENCE)).isTrue();
            var closed = sent(
                    path,
                    Requests.ask("closed", red, "which one is it?", "Red", "Blue")
                            .build());
            assertThat(closed.getStatus()).as("%s", closed.getError()).isEqualTo(ResultStatus.SUCCEEDED);
            var answer = ((VqaOutput) closed.getOutput()).getAnswers().getFirst();
            assertThat(answer.getText()).isEqualTo("Red");
            // Pixels from -1 to 1: e^1 against e^-1.
            assertThat(answer.getScores().getFirst().getScore()).isCloseTo(1 / (1 + Math.exp(-2)), within(1e-3));
            refused(
                    sent(path, Requests.ask("open", red, "what is it?").build()),
                    "BAD_INPUT",
                    "writes no free answers");
            refused(sent(path, Requests.caption("caption", red).build()), "UNKNOWN_TASK", "colours@");
        }
    }

    private void eachOfSeveralModelsGetsWhatItCanRun(WholePath path) throws Exception {
        var library = new ModelLibrary(scratch.resolve("models"), Optional.empty());
        var red = plain(Color.RED);
        try (var _ = started(path, "small", "small", "3");
                var own = path.worker(
                        "own", "own", () -> Models.open(library.resolve("colours"), ModelOptions.defaults()))) {
            own.start();
            assertThat(own.awaitReady(Await.PATIENCE)).isTrue();
            for (int i = 0; i < 10; i++) {
                path.client.send(Requests.ask("own-" + i, red, "which one is it?", "Red", "Blue")
                        .setModel("colours")
                        .build());
                path.client.send(Requests.caption("small-" + i, red).build());
                path.client.send(Requests.ask("any-" + i, red, "which one?", "Red", "Blue")
                        .build());
            }
            for (int i = 0; i < 10; i++) {
                for (var id : List.of("own-" + i, "small-" + i, "any-" + i)) {
                    var result = path.client.await(id, Await.PATIENCE);
                    assertThat(result.getStatus()).as("%s", result.getError()).isEqualTo(ResultStatus.SUCCEEDED);
                    assertThat(result.getAttempts()).isEqualTo(1);
                    assertThat(result.getModel().getName()).isEqualTo(id.startsWith("own") ? "colours" : "small");
                }
            }
        }
    }
}
