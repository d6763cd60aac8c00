package io.unifluid.client;

import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Sends requests and hands back what becomes of them. One for a whole service: safe from any thread, a bounded number of
 * requests under way, one reader for all clients of the process. Everything that can go wrong with a request comes out of
 * its handle.
 */
public final class UniFluidClient implements AutoCloseable {
    /** For the result of a deadline that passed. */
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(30);
    /** For a last status that comes after its result. */
    private static final Duration LAST_STATUS = Duration.ofSeconds(2);

    private static final Executor OWN_THREADS =
            task -> Thread.ofVirtual().name("unifluid-client").start(task);

    private final ClientSettings settings;
    private final Cluster cluster;
    private final Intake intake;
    private final Serializer<InferenceRequest> requests;
    private final Cancels cancels;
    private final Optional<BlobStore> store;
    private final Pictures pictures;
    private final KeyedReader<InferenceResult> results;
    private KeyedReader<RequestStatus> statuses;
    private final Semaphore places;
    private final Map<RequestHandle<?>, Waiting> open = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor clock;
    private volatile boolean closed;

    /** What ends with a request. */
    private record Waiting(KeyedReader.Listener<InferenceResult> listener, Future<?> timeout, boolean hasPlace) {}

    private UniFluidClient(ClientSettings settings) {
        this.settings = settings;
        this.cluster = settings.cluster();
        this.places = new Semaphore(settings.mostUnderWay());
        this.store = cluster.blobs().map(BlobStores::open);
        this.pictures = store.map(Pictures::new).orElseGet(Pictures::inline);
        this.requests = new AvroSerdes(cluster.registry()).serializer(Topics.REQUESTS);
        this.intake = new Intake(cluster, settings.patience());
        this.cancels = new Cancels(cluster, intake.prompt());
        this.clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("unifluid-client-clock").daemon().factory());
        clock.setRemoveOnCancelPolicy(true);
        try {
            this.results = KeyedReader.open(
                    cluster, Topics.RESULTS, settings.replyTopic().orElse(Topics.RESULTS.name()), settings.patience());
        } catch (RuntimeException e) {
            closeSending(Duration.ZERO);
            throw e;
        }
    }

    /** With the settings of {@link ClientSettings#of(String, String)}. */
    public static UniFluidClient connect(String bootstrapServers, String registryUrl) {
        return connect(ClientSettings.of(bootstrapServers, registryUrl));
    }

    /**
     * Returns once results can be read, so that none can be missed.
     *
     * @throws EnvironmentProblem one sentence, when Kafka does not let it
     * @throws IllegalArgumentException one sentence, when a setting cannot be taken
     */
    public static UniFluidClient connect(ClientSettings settings) {
        return new UniFluidClient(settings);
    }

    /** Waits while as many as may be are under way: who submits too much is slowed down. */
    public <T extends SpecificRecord> RequestHandle<T> submit(Request<T> request) {
        var event = event(request);
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var handle = handle(request, event);
            fail(
                    handle,
                    new UnsentException(
                            Failure.NOT_TAKEN, "Interrupted while waiting for a place; the request was not sent.", e));
            return handle;
        }
        return begin(request, event);
    }

    /** Empty while as many as may be are under way. */
    public <T extends SpecificRecord> Optional<RequestHandle<T>> trySubmit(Request<T> request) {
        return places.tryAcquire() ? Optional.of(begin(request, event(request))) : Optional.empty();
    }

    /**
     * Takes up a request that was sent before, by whomever: its result is found whether it was written already or comes.
     * Nothing is sent, and no place is taken. All results that are kept are looked through.
     *
     * @param id of a request of this client's tenant
     * @param output of the task that it was sent for
     */
    public <T extends SpecificRecord> RequestHandle<T> resume(String id, Class<T> output) {
        return resume(id, output, Instant.EPOCH);
    }

    /** @param sentAfter older results are not looked through, but for some minutes */
    public <T extends SpecificRecord> RequestHandle<T> resume(String id, Class<T> output, Instant sentAfter) {
        var handle = new RequestHandle<>(this, id, settings.tenant(), output, sentAfter);
        handle.sent().complete(null);
        if (await(handle, settings.timeout(), false)) {
            results.lookBack(id, sentAfter, new ResultListener(handle), () -> {});
        }
        return handle;
    }

    /**
     * The PNG bytes of a picture that the model made.
     *
     * @throws EnvironmentProblem when it lies in a store and this client has none
     * @throws io.unifluid.blobs.BlobException when the store does not have it or cannot answer
     */
    public byte[] bytes(GeneratedImage made) {
        return pictures.bytes(made);
    }

    /** How many submitted requests have no result yet. */
    public int underWay() {
        return Math.max(0, settings.mostUnderWay() - places.availablePermits());
    }

    private InferenceRequest.Builder event(Request<?> request) {
        return request.event(settings.tenant(), settings.replyTopic(), Instant.now());
    }

    private <T extends SpecificRecord> RequestHandle<T> handle(Request<T> request, InferenceRequest.Builder event) {
        return new RequestHandle<>(
                this, event.getRequestId(), event.getTenant(), request.output(), event.getSubmittedAt());
    }

    private <T extends SpecificRecord> RequestHandle<T> begin(Request<T> request, InferenceRequest.Builder event) {
        var handle = handle(request, event);
        var longest = request.timeout().orElse(settings.timeout());
        var untilLate = event.getDeadline() == null
                ? longest
                : Duration.between(Instant.now(), event.getDeadline()).plus(AFTER_DEADLINE);
        if (await(handle, longest.compareTo(untilLate) < 0 ? longest : untilLate, true)) {
            try {
                send(request, event, handle);
            } catch (UnsentException e) {
                settle(handle, e);
            } catch (KafkaException | IllegalStateException e) {
                settle(handle, untaken(event, e));
            } catch (RuntimeException e) {
                settle(handle, new UnsentException(Failure.NOT_TAKEN, Why.sentence(e), e));
            }
        }
        return handle;
    }

    private void send(Request<?> request, InferenceRequest.Builder event, RequestHandle<?> handle) {
        var image = request.picture().map(pictures::image);
        var topic = Topics.intake(event.getPriority()).name();
        var value = requests.serialize(topic, Request.complete(event, image));
        var record = new ProducerRecord<>(topic, utf8(handle.id()), value);
        request.headers().forEach((name, text) -> record.headers().add(name, utf8(text)));
        intake.of(event.getPriority()).send(record, (_, problem) -> {
            if (problem != null) {
                settle(handle, untaken(event, problem));
            } else {
                handle.sent().completeAsync(() -> null, OWN_THREADS);
            }
        });
    }

    private UnsentException untaken(InferenceRequest.Builder event, Exception problem) {
        return switch (problem) {
            case RecordTooLargeException _ ->
                new UnsentException(
                        Failure.TOO_LARGE,
                        "The request is larger than the " + (Topics.MAX_RECORD_BYTES >> 20)
                                + " MiB that a record may have: shorten its text.",
                        problem);
            case SerializationException _ ->
                new UnsentException(
                        Failure.NOT_TAKEN,
                        "The schema registry does not let the request be written (" + Why.of(problem) + ").",
                        problem);
            case AuthorizationException _, AuthenticationException _ ->
                new UnsentException(
                        Failure.NOT_TAKEN,
                        cluster.diagnosis()
                                .of(
                                        problem,
                                        Need.topic(
                                                Topics.intake(event.getPriority())
                                                        .name(),
                                                AclOperation.WRITE))
                                .orElseGet(() -> Why.sentence(problem)),
                        problem);
            case IllegalStateException _
            when closed ->
                new UnsentException(Failure.NOT_TAKEN, "The client is closed; the request was not sent.", problem);
            default ->
                new UnsentException(
                        Failure.NOT_TAKEN,
                        "Kafka at " + cluster.bootstrapServers() + " did not confirm the request (" + Why.of(problem)
                                + "): send it again, under the same id, which is harmless if it was taken after all.",
                        problem);
        };
    }

    /** @return false when it has ended already */
    private boolean await(RequestHandle<?> handle, Duration longest, boolean hasPlace) {
        var listener = new ResultListener(handle);
        var timeout =
                closed ? null : clock.schedule(() -> late(handle, longest), longest.toMillis(), TimeUnit.MILLISECONDS);
        open.put(handle, new Waiting(listener, timeout, hasPlace));
        try {
            if (closed) {
                throw new UnsentException(Failure.NOT_TAKEN, "The client is closed.", null);
            }
            results.listen(handle.id(), listener, settings.patience());
            return !handle.future().isDone();
        } catch (UnsentException e) {
            settle(handle, e);
        } catch (EnvironmentProblem e) {
            settle(handle, new UnsentException(Failure.NOT_TAKEN, e.getMessage(), e));
        }
        return false;
    }

    private void late(RequestHandle<?> handle, Duration longest) {
        settle(
                handle,
                new UnansweredException(
                        "No result came for the request " + handle.id() + " within " + spoken(longest)
                                + results.trouble().map(why -> " (" + why + ")").orElse("")
                                + ": it may still come, and can be taken up by this id.",
                        null));
    }

    /** What is told of a request's result, by the one who reads them. */
    private final class ResultListener implements KeyedReader.Listener<InferenceResult> {
        private final RequestHandle<?> handle;

        ResultListener(RequestHandle<?> handle) {
            this.handle = handle;
        }

        @Override
        public boolean came(InferenceResult result, KeyedReader.At at) {
            if (result.getTenant().equals(handle.tenant()) || isAboutTenant(result)) {
                settle(handle, () -> handle.future().complete(result));
            } else {
                failed(new UnansweredException(
                        "The id " + handle.id() + " is another tenant's request: take ids that nobody else has.",
                        null));
            }
            return false;
        }

        @Override
        public void failed(RuntimeException problem) {
            settle(
                    handle,
                    problem instanceof RequestException
                            ? problem
                            : new UnansweredException(Why.sentence(problem), problem));
        }

        /** A tenant that is refused may not be repeated. */
        private static boolean isAboutTenant(InferenceResult result) {
            return result.getStatus() == ResultStatus.REJECTED
                    && result.getError() != null
                    && result.getError().getKind().equals("BAD_TENANT");
        }
    }

    private void settle(RequestHandle<?> handle, RuntimeException problem) {
        settle(handle, () -> fail(handle, problem));
    }

    private static void fail(RequestHandle<?> handle, RuntimeException problem) {
        handle.sent().completeExceptionally(problem);
        handle.future().completeExceptionally(problem);
    }

    /** Frees what it held before anybody is told, since whoever is told may go on with the next one. */
    private void settle(RequestHandle<?> handle, Runnable completion) {
        var waiting = open.remove(handle);
        if (waiting != null) {
            results.leave(handle.id(), waiting.listener());
            if (waiting.timeout() != null) {
                waiting.timeout().cancel(false);
            }
            if (waiting.hasPlace()) {
                places.release();
            }
            OWN_THREADS.execute(completion);
        }
    }

    CompletableFuture<Void> cancel(String id, String tenant, String reason) {
        return cancels.ask(id, tenant, reason);
    }

    Flow.Publisher<RequestStatus> status(RequestHandle<?> handle) {
        return subscriber -> {
            var publisher = new SubmissionPublisher<RequestStatus>(OWN_THREADS, Flow.defaultBufferSize());
            publisher.subscribe(subscriber);
            try {
                follow(handle, publisher);
            } catch (EnvironmentProblem e) {
                publisher.closeExceptionally(e);
            }
        };
    }

    private void follow(RequestHandle<?> handle, SubmissionPublisher<RequestStatus> publisher) {
        var reader = statuses();
        var self = new StatusStream[1];
        var stream = new StatusStream(publisher, () -> reader.leave(handle.id(), self[0]));
        self[0] = stream;
        reader.listen(handle.id(), stream, settings.patience());
        reader.lookBack(handle.id(), handle.begun(), stream.earlier(), stream::lookedBack);
        handle.future().whenComplete((result, problem) -> {
            if (problem != null) {
                stream.failed(problem instanceof RuntimeException known ? known : new IllegalStateException(problem));
            } else {
                later(() -> stream.ended(result));
            }
        });
    }

    private void later(Runnable task) {
        try {
            clock.schedule(task, LAST_STATUS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    private synchronized KeyedReader<RequestStatus> statuses() {
        if (closed) {
            throw new EnvironmentProblem("The client is closed.");
        }
        if (statuses == null) {
            statuses = KeyedReader.open(cluster, Topics.STATUS, Topics.STATUS.name(), settings.patience());
        }
        return statuses;
    }

    /**
     * Sends what was handed over, as long as patience lasts; handles without a result end with
     * {@link UnansweredException}, and can be taken up by their ids.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        intake.close(settings.patience());
        open.keySet().forEach(this::leave);
        places.release(settings.mostUnderWay()); // Who waits for a place finds the client closed.
        results.close();
        synchronized (this) {
            if (statuses != null) {
                statuses.close();
            }
        }
        closeSending(Duration.ZERO);
    }

    private void leave(RequestHandle<?> handle) {
        settle(
                handle,
                new UnansweredException(
                        "The client was closed before the result of the request " + handle.id()
                                + " came: it can be taken up by this id.",
                        null));
    }

    private void closeSending(Duration patience) {
        intake.close(patience);
        clock.shutdownNow();
        cancels.close();
        requests.close();
        store.ifPresent(BlobStore::close);
    }

    private static String spoken(Duration time) {
        return time.toSeconds() < 1 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
