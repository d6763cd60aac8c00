package io.unifluid.gateway.http;

import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.unifluid.blobs.BlobException;
import io.unifluid.client.UnsentException;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.service.health.PlainErrors;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors in OpenAI's shape, whoever made them: ours, and the framework's. */
@SuppressWarnings("rawtypes") // Of what is overridden.
final class Errors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    private static final String PATHS =
            "GET /v1/models, POST /v1/chat/completions, POST /v1/images/generations, POST /v1/images/edits, POST /v1/moderations,"
                    + " POST /requests, GET /requests/{id} and GET /events.";

    private Errors() {}

    private static HttpResponse<String> answer(ApiError error) {
        MutableHttpResponse<String> response = HttpResponse.<String>status(error.status())
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .body(error.json());
        error.again()
                .ifPresent(wait -> response.header(
                        "retry-after",
                        Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()))));
        return response;
    }

    /** Ours. */
    @Singleton
    static final class OfApi implements ExceptionHandler<ApiError, HttpResponse<String>> {
        @Override
        public HttpResponse<String> handle(HttpRequest request, ApiError error) {
            return answer(error);
        }
    }

    /** Kafka, the registry or the blob store does not serve. */
    @Singleton
    static final class OfRequests implements ExceptionHandler<UnsentException, HttpResponse<String>> {
        @Override
        public HttpResponse<String> handle(HttpRequest request, UnsentException problem) {
            LOG.warn("A request was not sent: {}", problem.getMessage());
            return answer(ApiError.unavailable("The request was not taken; try again."));
        }
    }

    /** Likewise. */
    @Singleton
    static final class OfStore implements ExceptionHandler<BlobException, HttpResponse<String>> {
        @Override
        public HttpResponse<String> handle(HttpRequest request, BlobException problem) {
            LOG.warn("The blob store does not serve: {}", problem.getMessage());
            return answer(ApiError.unavailable("The store of pictures does not answer; try again."));
        }
    }

    /** Likewise. */
    @Singleton
    static final class OfEnvironment implements ExceptionHandler<EnvironmentProblem, HttpResponse<String>> {
        @Override
        public HttpResponse<String> handle(HttpRequest request, EnvironmentProblem problem) {
            LOG.warn("A request could not be served: {}", problem.getMessage());
            return answer(ApiError.unavailable("The request could not be served; try again."));
        }
    }

    /** A fault of ours: told in the log, with the request's id; the caller learns no more than that. */
    @Singleton
    static final class OfOurs implements ExceptionHandler<RuntimeException, HttpResponse<String>> {
        @Override
        public HttpResponse<String> handle(HttpRequest request, RuntimeException fault) {
            LOG.error("The request {} failed.", Access.id(request), fault);
            return answer(ApiError.of(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "internal_error",
                    "Something unexpected happened; the gateway's log tells it under " + Access.id(request) + "."));
        }
    }

    /** The framework's: no such path, a method that a path does not have, a body that is too large. */
    @Singleton
    @Primary
    @Replaces(PlainErrors.class)
    static final class OfFramework implements ErrorResponseProcessor<String> {
        @Override
        public MutableHttpResponse<String> processResponse(ErrorContext error, MutableHttpResponse<?> response) {
            var status = response.status();
            return response.contentType(MediaType.APPLICATION_JSON_TYPE)
                    .body(ApiError.json(
                            status.getCode() < 500 ? ApiError.INVALID : ApiError.OF_THE_SERVER,
                            null,
                            code(status),
                            sentence(status, error)));
        }

        private static String code(HttpStatus status) {
            return switch (status) {
                case NOT_FOUND -> "not_found";
                case METHOD_NOT_ALLOWED -> "method_not_allowed";
                case REQUEST_ENTITY_TOO_LARGE -> "body_too_large";
                case UNSUPPORTED_MEDIA_TYPE -> "unsupported_media_type";
                default -> status.getCode() < 500 ? "bad_request" : "internal_error";
            };
        }

        private static String sentence(HttpStatus status, ErrorContext error) {
            return switch (status) {
                case NOT_FOUND -> "There is nothing at this path; there are " + PATHS;
                case METHOD_NOT_ALLOWED -> "This path does not take this method; there are " + PATHS;
                case REQUEST_ENTITY_TOO_LARGE -> "The body is larger than the gateway takes.";
                case UNSUPPORTED_MEDIA_TYPE -> "The body's content type is none that this path takes.";
                default ->
                    status.getCode() < 500
                            ? "The request cannot be read: " + status.getReason() + "."
                            : "Something unexpected happened.";
            };
        }
    }
}
