package io.unifluid.gateway.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.gateway.http.Json;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.BatchState;
import java.time.Instant;
import java.util.Locale;

/** A batch as callers see it. */
final class BatchView {
    private BatchView() {}

    static String name(BatchState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** One that has not heard of the wish yet. */
    static Batch cancelling(Batch batch, Batch wish) {
        return Batch.newBuilder(batch)
                .setState(BatchState.CANCELLING)
                .setCancellingAt(wish.getCancellingAt())
                .build();
    }

    static ObjectNode json(Batch batch) {
        var node = Json.object().put("id", batch.getId()).put("object", "batch").put("endpoint", batch.getEndpoint());
        errors(node, batch);
        node.put("input_file_id", batch.getInputFileId())
                .put("completion_window", "24h")
                .put("status", name(batch.getState()))
                .put("output_file_id", batch.getOutputFileId())
                .put("error_file_id", batch.getErrorFileId())
                .put("created_at", batch.getCreatedAt().getEpochSecond());
        time(node, "in_progress_at", batch.getInProgressAt());
        time(node, "expires_at", batch.getExpiresAt());
        time(node, "finalizing_at", batch.getFinalizingAt());
        time(node, "completed_at", batch.getCompletedAt());
        time(node, "failed_at", batch.getFailedAt());
        time(node, "expired_at", batch.getExpiredAt());
        time(node, "cancelling_at", batch.getCancellingAt());
        time(node, "cancelled_at", batch.getCancelledAt());
        node.putObject("request_counts")
                .put("total", batch.getTotal())
                .put("completed", batch.getCompleted())
                .put("failed", batch.getFailed());
        if (batch.getMetadata().isEmpty()) {
            return node.putNull("metadata");
        }
        batch.getMetadata().forEach(node.putObject("metadata")::put);
        return node;
    }

    private static void errors(ObjectNode node, Batch batch) {
        if (batch.getErrors().isEmpty()) {
            node.putNull("errors");
            return;
        }
        var data = node.putObject("errors").put("object", "list").putArray("data");
        batch.getErrors()
                .forEach(error -> data.addObject()
                        .put("code", error.getCode())
                        .put("message", error.getMessage())
                        .put("param", error.getParam())
                        .put("line", error.getLine()));
    }

    private static void time(ObjectNode node, String name, Instant time) {
        if (time == null) {
            node.putNull(name);
        } else {
            node.put(name, time.getEpochSecond());
        }
    }
}
