package io.unifluid.gateway.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.gateway.http.Json;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.VqaOutput;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;

/** A request as the native paths show it. */
final class Shown {
    private Shown() {}

    static ObjectNode submitted(String id) {
        return Json.object().put("id", id).put("object", "request").put("status", "submitted");
    }

    static ObjectNode submitted(String id, Instant at) {
        return submitted(id).put("submitted_at", at.toString());
    }

    static ObjectNode of(RequestStatus status) {
        var node = Json.object()
                .put("id", status.getRequestId())
                .put("object", "request")
                .put("status", state(status.getState()))
                .put("attempt", status.getAttempt())
                .put("updated_at", status.getUpdatedAt().toString());
        if (status.getDetail() != null) {
            node.put("detail", status.getDetail());
        }
        return node;
    }

    private static String state(RequestState state) {
        return switch (state) {
            case SCHEDULED -> "queued";
            case RUNNING -> "running";
            case WAITING -> "waiting";
            case SUCCEEDED, FAILED, EXPIRED, CANCELLED, REJECTED -> "ending";
            case UNKNOWN -> "unknown";
        };
    }

    /** @param link to a picture that was made */
    static ObjectNode of(InferenceResult result, Function<GeneratedImage, String> link) {
        var node = Json.object()
                .put("id", result.getRequestId())
                .put("object", "request")
                .put("status", result.getStatus().name().toLowerCase(Locale.ROOT));
        switch (result.getOutput()) {
            case CaptionOutput caption ->
                node.putObject("output")
                        .put("caption", caption.getText())
                        .put("log_probability", caption.getLogProbability())
                        .put("tokens", caption.getTokens());
            case VqaOutput vqa -> {
                var answers = node.putObject("output").putArray("answers");
                vqa.getAnswers().forEach(answer -> {
                    var one = answers.addObject()
                            .put("question", answer.getQuestion())
                            .put("answer", answer.getText())
                            .put("log_probability", answer.getLogProbability());
                    if (!answer.getScores().isEmpty()) {
                        var scores = one.putObject("scores");
                        answer.getScores().forEach(score -> scores.put(score.getChoice(), score.getScore()));
                    }
                });
            }
            case ImagesOutput images -> {
                var made = node.putObject("output").putArray("images");
                images.getImages()
                        .forEach(image -> made.addObject()
                                .put("url", link.apply(image))
                                .put("seed", image.getSeed())
                                .put("width", image.getWidth())
                                .put("height", image.getHeight()));
            }
            case null, default -> {}
        }
        if (result.getError() != null) {
            node.putObject("error")
                    .put("kind", result.getError().getKind())
                    .put("message", result.getError().getMessage());
        }
        if (result.getModel() != null) {
            node.putObject("model")
                    .put("name", result.getModel().getName())
                    .put("version", result.getModel().getVersion())
                    .put("device", result.getModel().getDevice());
        }
        if (result.getDomain() != null) {
            node.put("domain", result.getDomain());
        }
        node.put("attempts", result.getAttempts()).put("cached", result.getCacheHit());
        if (result.getTimings() != null) {
            var timings = result.getTimings();
            node.putObject("timings_ms")
                    .put("queued", timings.getQueued())
                    .put("batch_wait", timings.getBatchWait())
                    .put("lane_wait", timings.getLaneWait())
                    .put("fetch", timings.getFetch())
                    .put("preprocess", timings.getPreprocess())
                    .put("inference", timings.getInference())
                    .put("publish", timings.getPublish());
        }
        if (result.getBatch() != null) {
            node.putObject("batch")
                    .put("id", result.getBatch().getId())
                    .put("size", result.getBatch().getSize());
        }
        node.put("submitted_at", result.getSubmittedAt().toString())
                .put("completed_at", result.getCompletedAt().toString());
        var labels = node.putObject("labels");
        result.getLabels().forEach(labels::put);
        return node;
    }
}
