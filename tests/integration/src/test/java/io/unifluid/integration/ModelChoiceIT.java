package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import io.unifluid.worker.WorkerRunner;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
        return path.client.await(request.getRequestId(), WholePath.PATIENCE);
    }

    private static WorkerRunner started(WholePath path, String name, String model, String version) throws Exception {
        var worker = path.worker(name, () -> ScriptedModel.named(model, version));
        worker.start();
        assertThat(worker.awaitReady(WholePath.PATIENCE)).isTrue();
        return worker;
    }

    private static void refused(InferenceResult result, String kind, String says) {
        assertThat(result.getStatus()).isIn(ResultStatus.REJECTED, ResultStatus.FAILED);
        assertThat(result.getError().getKind()).isEqualTo(kind);
        assertThat(result.getError().getMessage()).contains(says);
    }

    @Test
    void theModelIsHonouredOrRefusedAndAnswersLeaveWithIt() throws Exception {
        try (var path = WholePath.start(scratch, Map.of(), Optional.empty())) {
            var early = asking("early", "gpt-9");
            path.client.send(early); // No worker is known: it waits, and the worker refuses it.

            try (var _ = started(path, "first", "small", "1")) {
                refused(path.client.await("early", WholePath.PATIENCE), "UNKNOWN_MODEL", "small@1");
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
        }
    }
}
