package io.unifluid.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.blobs.S3Settings;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.blobs.fetch.ImageFetcher;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelCard;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.schemas.access.Need;
import io.unifluid.service.health.ProbeServer;
import io.unifluid.worker.config.Lane;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import io.unifluid.worker.health.Vitals;
import io.unifluid.worker.metrics.KafkaMeters;
import io.unifluid.worker.metrics.WorkerMetrics;
import io.unifluid.worker.pipeline.BatchDecoder;
import io.unifluid.worker.pipeline.FetchRoom;
import io.unifluid.worker.pipeline.ModelRunner;
import io.unifluid.worker.pipeline.OutcomeMapper;
import io.unifluid.worker.pipeline.OutcomeTraces;
import io.unifluid.worker.pipeline.Preprocessor;
import io.unifluid.worker.pipeline.Publisher;
import io.unifluid.worker.presence.Presence;
import io.unifluid.worker.sharegroup.KafkaClients;
import io.unifluid.worker.sharegroup.PollGate;
import io.unifluid.worker.sharegroup.ShareGroupLoop;
import io.unifluid.worker.sharegroup.ShareGroups;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that works in a worker: started once, when what it stands on is there, and ended in order before its context ends. Owns
 * all that it opens, the model included.
 */
@Singleton
final class Worker implements Vitals {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final long WATCH_SECONDS = 5;
    /** Of the time to end, the part kept for closing clients after the last batch. */
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final WorkerSettings settings;
    private final ModelSource models;
    private final MeterRegistry meters;
    private final WorkerMetrics metrics;
    private final ProbeServer probes;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("worker-watch").factory());
    private final List<ShareGroupLoop> loops = new CopyOnWriteArrayList<>();
    private final List<Thread> readers = new CopyOnWriteArrayList<>();
    /** Closed in the opposite order. */
    private final List<AutoCloseable> owned = new CopyOnWriteArrayList<>();

    private LoadedModel model;
    private ModelRunner device;
    private Preprocessor preparation;
    private Presence presence;
    private final List<Thread> deviceThreads = new CopyOnWriteArrayList<>();
    private volatile boolean draining;
    private volatile boolean ready;
    private volatile RuntimeException fatal;

    Worker(
            WorkerSettings settings,
            ModelSource models,
            MeterRegistry meters,
            WorkerMetrics metrics,
            ProbeServer probes) {
        this.settings = settings;
        this.models = models;
        this.meters = meters;
        this.metrics = metrics;
        this.probes = probes;
    }

    /**
     * Loads the model, prepares the share groups and begins to take work.
     *
     * @throws WorkerStartException with one sentence, if something around the worker is not as it must be
     * @throws io.unifluid.inference.BundleException with one sentence, if the model cannot be used
     */
    void start() throws InterruptedException {
        KafkaClients clients = new KafkaClients(settings.kafka(), settings.worker());
        List<Lane> lanes = Lane.of(settings.flow().lanes(), settings.flow().group());
        Future<?> groups = threads.submit(() -> {
            Admin admin = clients.admin();
            try {
                new ShareGroups(settings.kafka()).prepare(admin, lanes);
            } finally {
                admin.close(Duration.ofSeconds(1)); // Without a limit it waits for a broker that is away.
            }
            return null;
        });
        model = own(models.open());
        if (settings.model().warmUp()) {
            model.warmUp();
        }
        await(groups);

        metrics.model(model.info());
        AvroSerdes serdes = serdes();
        register(serdes);
        Serializer<Outcome> serializer = serdes.serializer(Topics.OUTCOMES);
        Producer<byte[], byte[]> producer = clients.producer();
        own(() -> producer.close(CLOSING));
        new KafkaMeters(producer.metrics()).bindTo(meters);
        BlobStore store = own(openStore());
        ImageFetcher fetcher = own(new ImageFetcher(
                settings.pictures().fetch(),
                store,
                settings.pictures().buckets().stream().map(S3Settings::parse).toList()));
        ImageDecoder decoder =
                own(new ImageDecoder(model.imageSpec(), settings.pictures().decode()));
        OutcomeMapper mapper = new OutcomeMapper(
                settings.worker(),
                model.info(),
                new ClaimCheck(store, settings.pictures().inlineLimit()));
        Publisher publisher = new Publisher(producer, serializer, () -> draining, metrics);
        device = new ModelRunner(
                model,
                mapper,
                publisher,
                settings.flow().publishStarted(),
                settings.model().stuckAfter(),
                threads,
                InstantSource.system(),
                metrics);
        OutcomeTraces traces = new OutcomeTraces(clients::consumer, serdes.deserializer(Topics.OUTCOMES));
        preparation = new Preprocessor(
                new BatchDecoder(serdes.deserializer(batches(lanes))),
                batch -> settings.flow().publishStarted() ? traces.apply(batch) : Optional.empty(),
                fetcher,
                decoder,
                new FetchRoom(
                        settings.pictures().parallel(),
                        Runtime.getRuntime().maxMemory() / 4,
                        settings.pictures().fetch().maxBytes()),
                mapper,
                publisher,
                device::offer,
                () -> draining,
                threads,
                InstantSource.system(),
                metrics);
        presence = new Presence(
                producer,
                serdes.serializer(Topics.WORKERS),
                announcement(lanes),
                () -> illness().isEmpty(),
                InstantSource.system(),
                metrics);
        probes.start();
        for (int i = 0; i < model.callers(); i++) {
            deviceThreads.add(Thread.ofPlatform().daemon().name("device-" + i).start(device));
        }
        watch.scheduleWithFixedDelay(device::watch, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
        presence.begin();
        PollGate room = new PollGate(settings.flow().preparedBatches(model.callers()));
        for (Lane lane : lanes) {
            for (int i = 0; i < settings.flow().readersPerLane(); i++) {
                ShareConsumer<byte[], byte[]> consumer =
                        clients.shareConsumer(lane, i, settings.flow().batchesPerPoll(model.callers()));
                new KafkaMeters(consumer.metrics()).bindTo(meters);
                ShareGroupLoop loop = new ShareGroupLoop(
                        lane, consumer, settings.kafka().lock(), room, preparation, e -> fatal = e, metrics);
                loops.add(loop);
                readers.add(Thread.ofPlatform()
                        .daemon()
                        .name("reader-" + lane.name() + "-" + i)
                        .start(loop));
            }
        }
    }

    private WorkerAnnouncement announcement(List<Lane> lanes) {
        ModelInfo info = model.info();
        ModelLimits limits = model.limits();
        return WorkerAnnouncement.newBuilder()
                .setWorker(settings.worker())
                .setModel(OutcomeMapper.model(info))
                .setTasks(model.tasks().stream()
                        .map(task -> task.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList())
                .setLanes(lanes.stream().map(Lane::name).toList())
                .setGroup(settings.flow().group())
                .setLimits(new io.unifluid.schemas.ModelLimits(
                        limits.maxPromptTokens(),
                        limits.maxNewTokens(),
                        limits.maxSteps(),
                        limits.maxCount(),
                        model.imageSpec().width(),
                        model.imageSpec().height()))
                .setDeviceReason(info.deviceReason())
                .setCard(card(model.card()))
                .setStartedAt(Instant.now())
                .setValidForMillis(Presence.VALID_FOR.toMillis())
                .build();
    }

    private static Map<String, String> card(ModelCard card) {
        Map<String, String> said = new HashMap<>(card.statements());
        card.purpose().ifPresent(purpose -> said.put("purpose", purpose));
        return said;
    }

    private static Topic<MicroBatch> batches(List<Lane> lanes) {
        return Topics.work(lanes.getFirst().name());
    }

    private AvroSerdes serdes() {
        return new AvroSerdes(settings.kafka().registryClient());
    }

    /** A registry that is away or refuses is found out before the first batch. */
    private static void register(AvroSerdes serdes) {
        try {
            serdes.register(List.of(Topics.OUTCOMES, Topics.WORKERS));
        } catch (RegistryUnavailableException | IllegalArgumentException e) {
            throw new WorkerStartException(e.getMessage(), e);
        }
    }

    private BlobStore openStore() {
        try {
            return BlobStores.open(settings.pictures().blobStore());
        } catch (IllegalArgumentException e) {
            throw new WorkerStartException(e.getMessage(), e);
        }
    }

    private <T extends AutoCloseable> T own(T resource) {
        owned.add(resource);
        return resource;
    }

    private void await(Future<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException problem) {
                throw new WorkerStartException(sentence(problem), problem);
            }
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw new WorkerStartException("The share groups could not be prepared: " + e.getCause(), e.getCause());
        }
    }

    /**
     * Waits until every reader has joined its group.
     *
     * @return false if that took longer
     */
    boolean awaitReady(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        for (ShareGroupLoop loop : loops) {
            if (!loop.awaitJoined(Duration.ofNanos(Math.max(0, until - System.nanoTime())))) {
                return false;
            }
        }
        ready = !loops.isEmpty() && fatal == null;
        return ready;
    }

    /** The model that runs; after {@link #start()}. */
    ModelInfo model() {
        return model.info();
    }

    /** Why this worker is of no use any more and should be started anew, if so. */
    Optional<String> illness() {
        return broker().or(this::device);
    }

    @Override
    public Optional<String> phase() {
        if (draining) {
            return Optional.of("The worker ends.");
        }
        return ready || fatal != null ? Optional.empty() : Optional.of("The worker starts.");
    }

    @Override
    public Optional<String> broker() {
        RuntimeException failure = fatal;
        return failure == null ? Optional.empty() : Optional.of("Reading stopped: " + sentence(failure));
    }

    @Override
    public Optional<String> registry() {
        return preparation == null ? Optional.empty() : preparation.waitsFor();
    }

    @Override
    public Optional<String> device() {
        return device != null && device.stuck() ? Optional.of("The device is stuck in a batch.") : Optional.empty();
    }

    private String sentence(RuntimeException failure) {
        return settings.kafka()
                .diagnosis()
                .of(failure, Need.topic("of a lane", AclOperation.READ))
                .orElse(failure.getMessage());
    }

    /**
     * Takes nothing new, finishes and acknowledges the batches on the device, releases the others, and closes everything;
     * takes at most the setting {@code drain} and a few seconds. Health and metrics are served until then.
     */
    void end() {
        draining = true;
        ready = false;
        Duration drain = settings.flow().drain().minus(CLOSING);
        Duration left = drain.isNegative() ? Duration.ofSeconds(1) : drain;
        if (device != null) {
            device.drain();
        }
        if (presence != null) {
            presence.close();
        }
        loops.forEach(loop -> loop.drain(left));
        long until = System.nanoTime() + left.plus(CLOSING).toNanos();
        readers.forEach(reader -> join(reader, until));
        watch.shutdownNow();
        threads.shutdownNow();
        boolean idle =
                deviceThreads.stream().filter(thread -> !join(thread, until)).count() == 0;
        for (AutoCloseable resource : owned.reversed()) {
            if (resource != model || idle) {
                close(resource);
            }
        }
        owned.clear();
    }

    private static boolean join(Thread thread, long until) {
        try {
            thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
            return !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            log.warn("Closing failed.", e);
        }
    }
}
