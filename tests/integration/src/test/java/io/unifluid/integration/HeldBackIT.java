package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.families.Models;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More unfinished requests than there is memory for wait in their topic, harm nobody in a hurry, and all have their results. */
final class HeldBackIT {
    private static final int MOST = 1_500;
    private static final int BULK = 6_000;

    @TempDir
    static Path scratch;

    @Test
    void aBacklogThatDoesNotFitWaitsUnreadWhileOthersAreServed() throws Exception {
        // Little at once, so that the limit is not left far behind before it is looked at.
        var settings = Map.of(
                "max-unfinished", Integer.toString(MOST),
                "kafka.buffered.records.per.partition", "10",
                "kafka.consumer.max.poll.records", "20");
        try (var path = WholePath.start(scratch, settings, Optional.empty())) {
            var bulk = IntStream.range(0, BULK)
                    .mapToObj(i -> drawing("bulk-" + i, Priority.BULK))
                    .toList();
            path.client.sendAll(bulk);
            Await.until("bulk is held back", () -> meter(path, "unifluid.intake.held") > 0);

            path.client.send(drawing("visitor", Priority.INTERACTIVE));
            path.client.send(InferenceRequest.newBuilder(drawing("mistaken", Priority.INTERACTIVE))
                    .setTenant(" ")
                    .build());
            assertThat(path.client.await("mistaken", Await.PATIENCE).getStatus())
                    .isEqualTo(ResultStatus.REJECTED);
            assertThat(meter(path, "unifluid.requests.unfinished")).isBetween((double) MOST, MOST * 1.2);

            try (var worker = path.worker("late", Models::noOp)) {
                worker.start();
                assertThat(path.client.await("visitor", Await.PATIENCE).getStatus())
                        .isEqualTo(ResultStatus.SUCCEEDED);
                var ids = bulk.stream().map(InferenceRequest::getRequestId).toList();
                assertThat(path.client.awaitAll(ids, Await.PATIENCE).values())
                        .extracting(InferenceResult::getStatus)
                        .containsOnly(ResultStatus.SUCCEEDED);
            }
            assertThat(path.client.resultCount()).isEqualTo(BULK + 2);
            Await.until("nothing is held back", () -> meter(path, "unifluid.intake.held") == 0);
            assertThat(meter(path, "unifluid.requests.unfinished")).isZero();
        }
    }

    private static InferenceRequest drawing(String id, Priority priority) {
        return Requests.generate(id, "a duck for " + id, 1)
                .setPriority(priority)
                .build();
    }

    private static double meter(WholePath path, String name) {
        return path.streams.meters().get(name).gauge().value();
    }
}
