package io.unifluid.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.local.client.Captioned;
import io.unifluid.schemas.InferenceResult;
import java.io.UncheckedIOException;

/** Results as one JSON object per line. */
final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLines() {}

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static String line(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code file, status, caption, logProbability, tokens, latencyMs, ..} or {@code file, status, error}. */
    static String caption(Captioned done) {
        var node = object().put("file", done.file().toString());
        node.put("status", done.result().map(r -> r.getStatus().toString()).orElse("NOT_SENT"));
        done.caption()
                .ifPresent(caption -> node.put("caption", caption.getText())
                        .put("logProbability", caption.getLogProbability())
                        .put("tokens", caption.getTokens()));
        done.problem().ifPresent(problem -> node.put("error", problem));
        done.result().ifPresent(result -> {
            node.put("latencyMs", done.latency().toNanos() / 1000 / 1e3);
            about(node, result);
        });
        return line(node);
    }

    /** Adds request, batch, model, attempts and timings. */
    static void about(ObjectNode node, InferenceResult result) {
        node.put("requestId", result.getRequestId()).put("attempts", result.getAttempts());
        if (result.getBatch() != null) {
            node.put("batch", result.getBatch().getId())
                    .put("batchSize", result.getBatch().getSize());
        }
        if (result.getModel() != null) {
            node.put(
                            "model",
                            result.getModel().getName() + " "
                                    + result.getModel().getVersion())
                    .put("device", result.getModel().getDevice());
        }
        if (result.getTimings() != null) {
            var t = result.getTimings();
            node.putObject("timingsMs")
                    .put("queued", t.getQueued())
                    .put("batchWait", t.getBatchWait())
                    .put("laneWait", t.getLaneWait())
                    .put("fetch", t.getFetch())
                    .put("preprocess", t.getPreprocess())
                    .put("inference", t.getInference())
                    .put("publish", t.getPublish());
        }
    }
}
