package io.unifluid.gateway.request;

import io.micronaut.http.HttpStatus;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import java.time.Duration;
import java.util.Locale;

/** What the end of a request is to a caller who waits for it. */
public final class Ends {
    private Ends() {}

    /** @throws ApiError unless the request succeeded */
    public static InferenceResult succeeded(InferenceResult result) {
        if (result.getStatus() == ResultStatus.SUCCEEDED && result.getOutput() != null) {
            return result;
        }
        throw error(result);
    }

    /** Of one that did not succeed. */
    public static ApiError error(InferenceResult result) {
        var error = result.getError();
        var kind = error == null ? result.getStatus().name() : error.getKind();
        var sentence = error == null ? "The request ended as " + result.getStatus() + "." : error.getMessage();
        var code = kind.toLowerCase(Locale.ROOT);
        return switch (result.getStatus()) {
            case REJECTED ->
                switch (kind) {
                    case "OVER_LIMIT" -> ApiError.overLimit(sentence, Duration.ofSeconds(1));
                    case "UNKNOWN_MODEL" -> ApiError.noSuchModel("", sentence);
                    default -> ApiError.body(code, sentence);
                };
            case FAILED ->
                switch (kind) {
                    case "BAD_INPUT" -> ApiError.body(code, sentence);
                    case "UNKNOWN_MODEL" -> ApiError.noSuchModel("", sentence);
                    case "TRANSIENT" -> ApiError.unavailable(sentence);
                    default -> ApiError.of(HttpStatus.INTERNAL_SERVER_ERROR, code, sentence);
                };
            case EXPIRED -> ApiError.of(HttpStatus.GATEWAY_TIMEOUT, "timeout", sentence);
            case CANCELLED -> ApiError.of(HttpStatus.CONFLICT, "cancelled", sentence);
            case SUCCEEDED, UNKNOWN -> ApiError.of(HttpStatus.INTERNAL_SERVER_ERROR, "unknown_result", sentence);
        };
    }
}
