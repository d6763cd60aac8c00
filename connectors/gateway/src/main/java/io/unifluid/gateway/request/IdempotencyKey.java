package io.unifluid.gateway.request;

import io.micronaut.http.HttpRequest;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.operations.tenants.Keys;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a caller sends along so that the same request, sent again, is done once.
 *
 * @param id of the request: the same for the same key of the same tenant
 * @param fingerprint of what is asked for
 */
record IdempotencyKey(String id, String fingerprint) {
    private static final String HEADER = "idempotency-key";
    private static final String SOUND = "[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?";

    /**
     * @param body what stands for the body; the same for bodies that say the same
     * @throws ApiError 400 for a key that is none
     */
    static Optional<IdempotencyKey> of(HttpRequest<?> from, String tenant, Supplier<String> body) {
        return Optional.ofNullable(from.getHeaders().get(HEADER)).map(key -> {
            if (!key.matches(SOUND)) {
                throw ApiError.parameter(
                        "Idempotency-Key",
                        "The header Idempotency-Key must have 1 to 255 printable characters, such as a UUID.");
            }
            return new IdempotencyKey(
                    RequestIds.of(tenant, key),
                    Keys.hash(from.getMethodName() + " " + from.getPath() + "\n" + body.get()));
        });
    }
}
