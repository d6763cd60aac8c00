package io.unifluid.gateway.http;

import io.micronaut.http.HttpStatus;
import java.time.Duration;
import java.util.Optional;

/** What a caller is told instead of an answer, in the shape of OpenAI's API. The message is one sentence or two. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final String INVALID = "invalid_request_error";
    static final String OF_THE_SERVER = "server_error";

    private final transient HttpStatus status;
    private final String type;
    private final String parameter;
    private final String code;
    private final transient Optional<Duration> again;

    private ApiError(
            HttpStatus status, String type, String parameter, String code, String message, Optional<Duration> again) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.parameter = parameter;
        this.code = code;
        this.again = again;
    }

    /** A parameter that is wrong, by its path in the body such as {@code messages[0].content}. */
    public static ApiError parameter(String parameter, String message) {
        return parameter(parameter, "invalid_value", message);
    }

    public static ApiError parameter(String parameter, String code, String message) {
        return new ApiError(HttpStatus.BAD_REQUEST, INVALID, parameter, code, message, Optional.empty());
    }

    /** A parameter that is known in OpenAI's API and that no model here can honour. */
    public static ApiError unsupported(String parameter, String message) {
        return parameter(parameter, "unsupported_parameter", message);
    }

    /** The body as a whole is wrong. */
    public static ApiError body(String code, String message) {
        return new ApiError(HttpStatus.BAD_REQUEST, INVALID, null, code, message, Optional.empty());
    }

    /** Not there, or somebody else's. */
    public static ApiError notFound(String code, String message) {
        return new ApiError(HttpStatus.NOT_FOUND, INVALID, null, code, message, Optional.empty());
    }

    /** Likewise, where a parameter names it. */
    public static ApiError notFound(String parameter, String code, String message) {
        return new ApiError(HttpStatus.NOT_FOUND, INVALID, parameter, code, message, Optional.empty());
    }

    public static ApiError noSuchModel(String model, String message) {
        return new ApiError(HttpStatus.NOT_FOUND, INVALID, "model", "model_not_found", message, Optional.empty());
    }

    static ApiError noKey(String message) {
        return new ApiError(HttpStatus.UNAUTHORIZED, INVALID, null, "invalid_api_key", message, Optional.empty());
    }

    /** @param again when it may be tried again */
    public static ApiError overLimit(String message, Duration again) {
        return new ApiError(
                HttpStatus.TOO_MANY_REQUESTS, "requests", null, "rate_limit_exceeded", message, Optional.of(again));
    }

    /** The same request may do better later. */
    public static ApiError unavailable(String message) {
        return new ApiError(
                HttpStatus.SERVICE_UNAVAILABLE,
                OF_THE_SERVER,
                null,
                "unavailable",
                message,
                Optional.of(Duration.ofSeconds(5)));
    }

    /** @param most bytes that the path takes */
    public static ApiError tooLarge(long most) {
        return of(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                "body_too_large",
                "The body is larger than the " + most + " bytes that this path takes: send it in several parts.");
    }

    public static ApiError of(HttpStatus status, String code, String message) {
        return new ApiError(
                status, status.getCode() < 500 ? INVALID : OF_THE_SERVER, null, code, message, Optional.empty());
    }

    public HttpStatus status() {
        return status;
    }

    public String code() {
        return code;
    }

    /** Which parameter is meant; null for none. */
    public String parameter() {
        return parameter;
    }

    /** As JSON, {@code {"error": {..}}}. */
    public String json() {
        return json(type, parameter, code, getMessage());
    }

    static String json(String type, String parameter, String code, String message) {
        var node = Json.object();
        node.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", parameter)
                .put("code", code);
        return Json.text(node);
    }

    Optional<Duration> again() {
        return again;
    }
}
