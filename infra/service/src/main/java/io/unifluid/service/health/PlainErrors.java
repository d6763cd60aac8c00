package io.unifluid.service.health;

import io.micronaut.context.annotation.Primary;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;

/** The framework's errors in plain text like the probes; its own are JSON and need a library for it. */
@Singleton
@Primary
public final class PlainErrors implements ErrorResponseProcessor<String> {
    @Override
    public MutableHttpResponse<String> processResponse(ErrorContext error, MutableHttpResponse<?> response) {
        return response.contentType(MediaType.TEXT_PLAIN_TYPE)
                .body(response.reason() + "; there are /health, /ready and /metrics.\n");
    }
}
