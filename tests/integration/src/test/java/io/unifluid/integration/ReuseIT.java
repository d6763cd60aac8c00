package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same picture sent by twenty requests, through a real broker and the trained model. */
final class ReuseIT {
    private static final int REQUESTS = 20;

    @TempDir
    static Path scratch;

    private static WholePath path;

    @BeforeAll
    static void start() throws Exception {
        path = WholePath.start(scratch);
    }

    @AfterAll
    static void stop() throws Exception {
        path.close();
    }

    private static Collection<InferenceResult> results(String name, int scene, boolean reuse) {
        var ids = IntStream.range(0, REQUESTS).mapToObj(i -> name + "-" + i).toList();
        List<InferenceRequest> requests = ids.stream()
                .map(id -> Requests.caption(id, SampleArchive.scene(scene).bytes())
                        .setReuse(reuse)
                        .build())
                .toList();
        path.client.sendAll(requests);
        var results = path.client.awaitAll(ids, Await.PATIENCE).values();
        ids.forEach(id -> assertThat(path.client.resultsOf(id)).hasSize(1));
        return results;
    }

    @Test
    void isComputedOnceAndEveryRequestHasItsOwnResult() {
        var results = results("twin", 3, true);

        assertThat(results).allSatisfy(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED));
        assertThat(results)
                .extracting(InferenceResult::getOutput)
                .containsOnly(results.iterator().next().getOutput());
        assertThat(results).filteredOn(result -> !result.getCacheHit()).hasSize(1);
        assertThat(results)
                .filteredOn(InferenceResult::getCacheHit)
                .hasSize(REQUESTS - 1)
                .allSatisfy(result -> {
                    assertThat(result.getModel().getName()).isEqualTo("unifluid-reference");
                    assertThat(result.getTimings().getInference()).isZero();
                });
    }

    @Test
    void switchedOffItIsComputedForEveryRequest() {
        assertThat(results("single", 4, false)).allSatisfy(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
            assertThat(result.getCacheHit()).isFalse();
            assertThat(result.getTimings().getInference()).isPositive();
        });
    }
}
