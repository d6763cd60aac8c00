package io.unifluid.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.client.Answered;
import io.unifluid.client.Failure;
import io.unifluid.schemas.InferenceResult;
import java.io.UncheckedIOException;

/** Results as one JSON object per line; the README has the shape. */
final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLines() {}

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Without control characters, also those that JSON allows. */
    static String line(ObjectNode node) {
        try {
            return Visible.json(JSON.writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line for a file. */
    static ObjectNode of(Answered done) {
        var node = object().put("file", done.file().toString()).put("status", done.status());
        done.caption()
                .ifPresent(caption -> node.put("caption", caption.getText())
                        .put("logProbability", caption.getLogProbability())
                        .put("tokens", caption.getTokens()));
        done.answers().ifPresent(output -> {
            var array = node.putArray("answers");
            for (var answer : output.getAnswers()) {
                var one = array.addObject()
                        .put("question", answer.getQuestion())
                        .put("answer", answer.getText())
                        .put("logProbability", answer.getLogProbability());
                var scores = one.putObject("scores");
                answer.getScores().forEach(score -> scores.put(score.getChoice(), score.getScore()));
            }
        });
        done.failure().ifPresent(failure -> error(node, failure));
        done.requestId().ifPresent(id -> node.put("requestId", id));
        done.result().ifPresent(result -> {
            node.put("latencyMs", done.latency().toNanos() / 1000 / 1e3);
            about(node, result);
        });
        return node;
    }

    static void error(ObjectNode node, Failure failure) {
        node.putObject("error").put("kind", failure.kind()).put("message", failure.message());
    }

    /** Adds request, domain, batch, model, attempts and timings. */
    static void about(ObjectNode node, InferenceResult result) {
        node.put("requestId", result.getRequestId()).put("attempts", result.getAttempts());
        if (result.getDomain() != null) {
            node.put("domain", result.getDomain());
        }
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
