package io.unifluid.gateway.request;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.unifluid.client.Cancels;
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
import io.unifluid.gateway.view.RequestView;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.InferenceResult;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** Sends what callers ask for, in their tenants' names and within their limits, and waits for results. Thread-safe. */
@Singleton
public final class Dispatch {
    private static final int MOST_UNDER_WAY = 100_000;
    private static final int MOST_RECENT = 10_000;
    private static final long MOST_RECENT_BYTES = 16 << 20;
    private static final Duration READ_WITHIN = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration KEPT_IN_MIND = Duration.ofHours(1);

    private final Duration longestWait;
    private final UniFluidClient client;
    private final Cancels cancels;
    private final Claiming claiming;
    private final RequestView view;
    private final RecentRequests recent = new RecentRequests(MOST_RECENT, MOST_RECENT_BYTES);
    private final Map<String, RequestHandle<?>> open = new ConcurrentHashMap<>();

    Dispatch(GatewaySettings settings, Claiming claiming, RequestView view) {
        this.longestWait = settings.longestWait();
        this.claiming = claiming;
        this.view = view;
        this.client = UniFluidClient.connect(ClientSettings.of(settings.cluster())
                .mostUnderWay(MOST_UNDER_WAY)
                .patience(PATIENCE)
                .timeout(KEPT_IN_MIND));
        this.cancels = new Cancels(settings.cluster());
    }

    /**
     * Sends it; it counts as under way until its result has come.
     *
     * @throws ApiError 429 when the tenant has as many under way as it may
     */
    private <T extends SpecificRecord> RequestHandle<T> send(Caller caller, Request<T> request, String id) {
        caller.begin().ifPresent(over -> {
            throw Door.over(over);
        });
        Optional<RequestHandle<T>> sent;
        try {
            sent = client.trySubmit(request.id(id).tenant(caller.tenant()));
        } catch (RuntimeException e) {
            caller.ended();
            throw e;
        }
        if (sent.isEmpty()) {
            caller.ended();
            throw ApiError.unavailable("The gateway has as much under way as it can: try again.");
        }
        var handle = sent.get();
        open.put(id, handle);
        recent.keep(id, caller.tenant(), request);
        handle.result().whenComplete((_, _) -> {
            open.remove(id, handle);
            caller.ended();
        });
        return handle;
    }

    /**
     * Sends it and waits for its result. A caller who goes away meanwhile wants it no more, and it is cancelled; one whose
     * wait ends is told so, and the request expires. One with an idempotency key may come back: for an hour nothing ends the
     * request, and the same key and body have the same answer.
     *
     * @param body what stands for the body, where there is a key
     * @throws ApiError when it did not succeed
     */
    public <T extends SpecificRecord> InferenceResult answer(
            HttpRequest<?> from, Request<T> request, Supplier<String> body) {
        var caller = Door.caller(from);
        try {
            var key = IdempotencyKey.of(from, caller.tenant(), body);
            return Ends.succeeded(key.isEmpty() ? answer(from, caller, request) : answer(caller, request, key.get()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("The gateway ends: try again.");
        }
    }

    private InferenceResult answer(HttpRequest<?> from, Caller caller, Request<?> request) throws InterruptedException {
        var handle = send(caller, request.within(longestWait), RequestIds.fresh(caller.tenant(), Instant.now()));
        try (var _ = Hangup.of(from, () -> handle.cancel("the caller went away"))) {
            return result(handle, "try again, or submit it to /requests and come back for its result.");
        }
    }

    private InferenceResult answer(Caller caller, Request<?> request, IdempotencyKey key) throws InterruptedException {
        if (claiming.claim(key, caller.tenant()) && wasSent(key.id())) {
            try (var watch = view.watch(key.id())) {
                return view.find(key.id(), longestWait, RequestView.Found.Ended.class::isInstance, watch)
                                instanceof RequestView.Found.Ended ended
                        ? ended.result()
                        : late(key.id(), again());
            }
        }
        return result(send(caller, request.within(KEPT_IN_MIND), key.id()), again());
    }

    private static String again() {
        return "it goes on; come back for its answer with the same Idempotency-Key.";
    }

    private boolean wasSent(String id) {
        return isOpen(id)
                || switch (view.find(id)) {
                    case RequestView.Found.Ended _, RequestView.Found.UnderWay _ -> true;
                    case RequestView.Found.Taken _, RequestView.Found.Nothing _, RequestView.Found.Unknown _ -> false;
                };
    }

    private InferenceResult result(RequestHandle<?> handle, String otherwise) throws InterruptedException {
        try {
            return handle.result().get(longestWait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case UnsentException unsent -> throw unsent;
                case RequestException _ -> {
                    return late(handle.id(), otherwise);
                }
                case RuntimeException other -> throw other;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (TimeoutException e) {
            return late(handle.id(), otherwise);
        }
    }

    /** @throws ApiError always */
    private InferenceResult late(String id, String otherwise) {
        throw ApiError.of(
                HttpStatus.GATEWAY_TIMEOUT,
                "timeout",
                "The request " + id + " had no result within " + longestWait.toSeconds() + " s: " + otherwise);
    }

    /**
     * Sends it and returns when the broker has it, so that whoever is told its id can rely on it.
     *
     * @return whether it was not sent, since it had been before under the same idempotency key
     * @throws UnsentException when the broker does not take it
     */
    boolean submit(Caller caller, Request<?> request, String id, Optional<IdempotencyKey> key)
            throws InterruptedException {
        if (key.isPresent() && claiming.claim(key.get(), caller.tenant()) && wasSent(id)) {
            return true;
        }
        try {
            send(caller, request, id).taken().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException problem ? problem : e;
        }
        if (key.isEmpty()) { // which is told by its claim, if there is one
            view.taken(id, caller.tenant());
        }
        return false;
    }

    /** As the tenant asked it here, where that is not too long ago. */
    Optional<Request<?>> recent(String tenant, String id) {
        return recent.of(tenant, id);
    }

    /**
     * Whether it was sent here, and is under way or was so lately: its result may have come here before it is read into what
     * is looked up.
     */
    boolean wasSentHere(String tenant, String id) {
        return isOpen(id) || recent.within(tenant, id, READ_WITHIN);
    }

    /** Whether it was sent here and has no result yet. */
    boolean isOpen(String id) {
        return open.containsKey(id);
    }

    /** Asks for it to be cancelled; returns when the broker has the wish. */
    void cancel(String id, String tenant, String reason) {
        cancels.send(List.of(id), tenant, reason);
    }

    /** The PNG bytes of a picture that a model made. */
    public byte[] bytes(GeneratedImage made) {
        return client.bytes(made);
    }

    @PreDestroy
    void close() {
        client.close();
        cancels.close();
    }
}
