package io.unifluid.gateway.request;

import io.micronaut.http.HttpStatus;
import io.unifluid.client.TopicWriter;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.view.RequestView;
import io.unifluid.schemas.AcceptedRequest;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.kafka.streams.errors.InvalidStateStoreException;

/**
 * Claims to idempotency keys, known to all gateways, and to this one after a restart. Of several to one key the first on the
 * topic counts, whichever gateway wrote it: each looks what stands there before it goes on. Thread-safe.
 */
@Singleton
final class Claiming {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RequestView view;
    private final TopicWriter<AcceptedRequest> writer;

    Claiming(GatewaySettings settings, RequestView view) {
        this.view = view;
        this.writer = new TopicWriter<>(settings.cluster(), Topics.ACCEPTED);
    }

    /**
     * Returns once it is certain that the key is for this body and no other.
     *
     * @return whether it was certain before, so that the request may have been sent
     * @throws ApiError 422 when the key came with another body; 503 while nobody can say
     */
    boolean claim(IdempotencyKey key, String tenant) throws InterruptedException {
        if (view.find(key.id()) instanceof RequestView.Found.Unknown unknown) {
            throw ApiError.unavailable(unknown.why());
        }
        var before = first(key);
        if (before.isEmpty()) {
            try (var watch = view.watch(key.id())) {
                write(key, tenant);
                long until = System.nanoTime() + PATIENCE.toNanos();
                while (first(key).isEmpty()) {
                    var left = Duration.ofNanos(until - System.nanoTime());
                    if (!left.isPositive()) {
                        throw ApiError.unavailable("The idempotency key could not be kept; try again.");
                    }
                    watch.await(left);
                }
            }
        }
        var counts =
                first(key).orElseThrow(() -> ApiError.unavailable("The idempotency key was let go of; try again."));
        if (!key.fingerprint().equals(counts.getFingerprint())) {
            throw ApiError.of(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "idempotency_key_reused",
                    "The Idempotency-Key came before with another body or for another path: take another key.");
        }
        return before.isPresent();
    }

    private Optional<AcceptedRequest> first(IdempotencyKey key) {
        try {
            return view.accepted(key.id());
        } catch (InvalidStateStoreException e) {
            throw ApiError.unavailable(
                    view.trouble().orElse("Requests cannot be looked up at this moment; try again."));
        }
    }

    /** @throws EnvironmentProblem when the broker does not take it */
    private void write(IdempotencyKey key, String tenant) {
        writer.send(
                key.id(),
                AcceptedRequest.newBuilder()
                        .setRequestId(key.id())
                        .setTenant(tenant)
                        .setFingerprint(key.fingerprint())
                        .setAcceptedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                        .build());
    }

    @PreDestroy
    void close() {
        writer.close();
    }
}
