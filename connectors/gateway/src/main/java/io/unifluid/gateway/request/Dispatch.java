package io.unifluid.gateway.request;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.unifluid.client.ClientSettings;
import io.unifluid.client.Request;
import io.unifluid.client.RequestException;
import io.unifluid.client.RequestHandle;
import io.unifluid.client.UniFluidClient;
import io.unifluid.client.UnsentException;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Hangup;
import io.unifluid.gateway.tenant.Caller;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.InferenceResult;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;

/** Sends what callers ask for, in their tenants' names and within their limits, and waits for results. Thread-safe. */
@Singleton
public final class Dispatch {
    private static final int MOST_UNDER_WAY = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration KEPT_IN_MIND = Duration.ofHours(1);

    private final Duration longestWait;
    private final UniFluidClient client;

    Dispatch(GatewaySettings settings) {
        this.longestWait = settings.longestWait();
        this.client = UniFluidClient.connect(ClientSettings.of(settings.cluster())
                .mostUnderWay(MOST_UNDER_WAY)
                .patience(PATIENCE)
                .timeout(KEPT_IN_MIND));
    }

    /**
     * Sends it; it counts as under way until its result has come.
     *
     * @throws ApiError 429 when the tenant has as many under way as it may
     */
    private <T extends SpecificRecord> RequestHandle<T> send(Caller caller, Request<T> request) {
        caller.begin().ifPresent(over -> {
            throw Door.over(over);
        });
        var handle =
                client.trySubmit(request.id(RequestIds.fresh(caller.tenant())).tenant(caller.tenant()));
        if (handle.isEmpty()) {
            caller.ended();
            throw ApiError.unavailable("The gateway has as much under way as it can: try again.");
        }
        handle.get().result().whenComplete((_, _) -> caller.ended());
        return handle.get();
    }

    /**
     * Sends it and waits for its result. A caller who goes away meanwhile wants it no more, and it is cancelled; one whose
     * wait ends is told so, and the request expires.
     *
     * @throws ApiError when it did not succeed
     */
    public <T extends SpecificRecord> InferenceResult answer(HttpRequest<?> from, Request<T> request) {
        var handle = send(Door.caller(from), request.within(longestWait));
        try (var _ = Hangup.of(from, () -> handle.cancel("the caller went away"))) {
            return Ends.succeeded(handle.result().get(longestWait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case UnsentException unsent -> throw unsent;
                case RequestException _ -> throw late(handle.id());
                case RuntimeException other -> throw other;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (TimeoutException e) {
            throw late(handle.id());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("The gateway ends: try again.");
        }
    }

    /** The PNG bytes of a picture that a model made. */
    public byte[] bytes(GeneratedImage made) {
        return client.bytes(made);
    }

    private ApiError late(String id) {
        return ApiError.of(
                HttpStatus.GATEWAY_TIMEOUT,
                "timeout",
                "The request " + id + " had no result within " + longestWait.toSeconds() + " s: try again.");
    }

    @PreDestroy
    void close() {
        client.close();
    }
}
