package io.unifluid.gateway.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.gateway.http.Json;
import io.unifluid.operations.tenants.Keys;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.schemas.WebhookEndpoint;
import io.unifluid.schemas.WebhookMessage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** What endpoints are told: that a request or a batch has ended, and of a request how. */
final class Messages {
    private static final int ID_CHARS = 32;

    private Messages() {}

    static String type(InferenceResult result) {
        return "request." + result.getStatus().name().toLowerCase(Locale.ROOT);
    }

    static String type(Batch batch) {
        return "batch." + batch.getState().name().toLowerCase(Locale.ROOT);
    }

    static WebhookMessage of(InferenceResult result, WebhookEndpoint endpoint) {
        var data = Json.object()
                .put("id", result.getRequestId())
                .put("status", result.getStatus().name().toLowerCase(Locale.ROOT))
                .put(
                        "model",
                        result.getModel() == null ? null : result.getModel().getName());
        switch (result.getOutput()) {
            case CaptionOutput caption -> data.put("text", caption.getText());
            case VqaOutput vqa -> {
                var answers = data.putArray("answers");
                vqa.getAnswers().forEach(answer -> {
                    var scores =
                            answers.addObject().put("text", answer.getText()).putObject("scores");
                    answer.getScores().forEach(score -> scores.put(score.getChoice(), score.getScore()));
                });
            }
            case ImagesOutput images -> {
                var made = data.putArray("images");
                images.getImages()
                        .forEach(image -> made.addObject()
                                .put("seed", image.getSeed())
                                .put("width", image.getWidth())
                                .put("height", image.getHeight()));
            }
            case null, default -> {}
        }
        if (result.getError() != null) {
            data.putObject("error")
                    .put("kind", result.getError().getKind())
                    .put("message", result.getError().getMessage());
        }
        result.getLabels().forEach(data.putObject("labels")::put);
        return message(type(result), result.getRequestId(), result.getCompletedAt(), data, endpoint);
    }

    static WebhookMessage of(Batch batch, WebhookEndpoint endpoint) {
        return message(type(batch), batch.getId(), Instant.now(), Json.object().put("id", batch.getId()), endpoint);
    }

    /** The id is the same however often it is made. */
    private static WebhookMessage message(
            String type, String about, Instant at, ObjectNode data, WebhookEndpoint endpoint) {
        var id = "msg_" + Keys.hash(endpoint.getId() + " " + type + " " + about).substring(0, ID_CHARS);
        var payload = Json.object()
                .put("id", id)
                .put("object", "event")
                .put("type", type)
                .put("timestamp", at.toString())
                .put("created_at", at.getEpochSecond());
        payload.set("data", data);
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return WebhookMessage.newBuilder()
                .setId(id)
                .setEndpoint(endpoint.getId())
                .setTenant(endpoint.getTenant())
                .setType(type)
                .setPayload(Json.text(payload))
                .setCreatedAt(now)
                .setDueAt(now)
                .build();
    }
}
