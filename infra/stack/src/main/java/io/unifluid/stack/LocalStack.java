package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Broker, registry, topology, worker and, where they are wanted, moderation and the gateway as child processes of this one. {@link #start} returns when requests are
 * served; {@link #close} stops in the reverse order and keeps the data. A process that ends by itself is started again,
 * see {@link Keeper}.
 */
public final class LocalStack implements AutoCloseable {
    private static final Duration APP_STOP_WITHIN = Duration.ofSeconds(30);
    /** Without a broker the apps have nobody to say goodbye to, and would wait for it. */
    private static final Duration APP_STOP_WITHOUT_BROKER = Duration.ofSeconds(2);

    private static final Duration SERVER_STOP_WITHIN = Duration.ofSeconds(15);
    /** Where caches for later starts are written, which slow machines compute at for a while. */
    private static final Duration FIRST_STOP_WITHIN = Duration.ofMinutes(3);

    private final StackSettings settings;
    private final ProcessLauncher parts;
    private final StackLock lock;
    private final Consumer<String> news;
    private final Keeper broker;
    private final Keeper registry;
    private final Keeper streams;
    private final Keeper worker;
    private final Optional<Keeper> moderation;
    private final Optional<Keeper> gateway;
    private final CompletableFuture<EnvironmentProblem> failure = new CompletableFuture<>();
    /** Since when it serves; null before that. */
    private Instant readyAt;

    private final TransactionWatch transactions;

    private boolean closed;

    private LocalStack(StackSettings settings, ProcessLauncher parts, StackLock lock, Consumer<String> news) {
        this.settings = settings;
        this.parts = parts;
        this.lock = lock;
        this.news = news;
        transactions = new TransactionWatch(settings.bootstrapServers(), news);
        var node = BrokerNode.only(settings);
        broker = keeper(Component.BROKER, List.of(), () -> parts.broker(node), child -> parts.awaitBroker(child, node));
        registry = keeper(Component.REGISTRY, List.of(), parts::registry, parts::awaitRegistry);
        streams = keeper(AppInstance.only(Component.STREAMS, settings));
        worker = keeper(AppInstance.only(Component.WORKER, settings));
        moderation = settings.moderation()
                ? Optional.of(keeper(AppInstance.only(Component.MODERATION, settings)))
                : Optional.empty();
        gateway = settings.gateway()
                ? Optional.of(keeper(AppInstance.only(Component.GATEWAY, settings)))
                : Optional.empty();
    }

    private Keeper keeper(AppInstance app) {
        return keeper(app.component(), List.of(broker, registry), () -> parts.app(app), child -> {
            parts.awaitApp(child, app);
            if (app.component() == Component.WORKER) {
                parts.tellDevice(app);
            }
        });
    }

    private Keeper keeper(
            Component component,
            List<Keeper> needed,
            Supplier<ChildProcess> launch,
            Consumer<ChildProcess> awaitServing) {
        return new Keeper(
                component, settings.ports(component), needed, launch, awaitServing.andThen(this::closeFolders), news);
    }

    /** Kafka Streams and Vert.x, at every start, give others what the umask denies. */
    private void closeFolders(ChildProcess serving) {
        for (var name : List.of("cache", "streams", "moderation", "gateway")) {
            var folder = settings.data().resolve(name);
            try {
                if (Files.exists(folder)) {
                    OwnerOnly.closeAll(folder);
                }
            } catch (IOException e) {
                news.accept("the folder " + folder + " could not be closed to others (" + e.getMessage() + ")");
            }
        }
    }

    /**
     * Checks everything that can be checked beforehand and takes the data folder's lock; starts nothing yet.
     *
     * @param news one line per step, for people
     * @throws EnvironmentProblem with one sentence when a port, the data folder, the model or the build is in the way
     */
    public static LocalStack prepare(StackSettings settings, Consumer<String> news) {
        requireModel(settings);
        var cache = settings.data().resolve("cache");
        var parts = ProcessLauncher.of(settings, cache, news);
        var lock = StackLock.take(settings.data());
        try {
            Earlier.awaitEnd(cache, news);
            PortCheck.requireFree(settings.usedPorts());
            return new LocalStack(settings, parts, lock, news);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** @throws EnvironmentProblem when a part does not come up; everything is stopped again then */
    public void start() {
        try {
            forgetLogs();
            news.accept("starting the broker on " + settings.bootstrapServers());
            news.accept("starting the schema registry on port " + settings.port(Port.REGISTRY));
            together(List.of(() -> start(broker), () -> start(registry)));
            together(List.of(
                    () -> parts.createTopics(settings.bootstrapServers(), BrokerNode.only(settings)),
                    parts::registerSchemas));
            news.accept("starting the streams app");
            news.accept("starting the worker");
            moderation.ifPresent(_ -> news.accept("starting the moderation app"));
            gateway.ifPresent(_ -> news.accept("starting the gateway on port " + settings.port(Port.GATEWAY)));
            together(Stream.of(Stream.of(streams, worker), moderation.stream(), gateway.stream())
                    .flatMap(apps -> apps)
                    .<Runnable>map(app -> () -> start(app))
                    .toList());
            synchronized (this) {
                readyAt = Instant.now();
                publish();
            }
            transactions.start();
        } catch (RuntimeException e) {
            close();
            throw failure.getNow(null) instanceof EnvironmentProblem first ? first : e;
        }
    }

    public StackSettings settings() {
        return settings;
    }

    /** Completes when the stack can no longer serve. */
    public CompletableFuture<EnvironmentProblem> failure() {
        return failure;
    }

    /** Apps first, so that they can say goodbye to the broker. Again changes nothing; waits for a close under way. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        transactions.close();
        try {
            var patience = broker.isAlive() ? unlessFirst(APP_STOP_WITHIN) : APP_STOP_WITHOUT_BROKER;
            var serversPatience = unlessFirst(SERVER_STOP_WITHIN);
            gateway.ifPresent(door -> door.stop(patience));
            moderation.ifPresent(app -> app.stop(patience));
            together(List.of(() -> worker.stop(patience), () -> streams.stop(patience)));
            together(List.of(() -> broker.stop(serversPatience), () -> registry.stop(serversPatience)));
        } finally {
            lock.close();
        }
    }

    private Duration unlessFirst(Duration usual) {
        return AotCache.anyUnwritten(settings.data().resolve("cache")) ? FIRST_STOP_WITHIN : usual;
    }

    private void start(Keeper keeper) {
        keeper.start();
        Thread.ofVirtual().name("keep-" + keeper.component().id()).start(() -> {
            try {
                keeper.keep(this::publish);
            } catch (EnvironmentProblem e) {
                fail(e);
            }
        });
    }

    private void fail(EnvironmentProblem problem) {
        failure.complete(problem);
        boolean starting;
        synchronized (this) {
            starting = readyAt == null;
        }
        if (starting) {
            close(); // which ends the others' waiting
        }
    }

    /** Tells other commands where this stack is, as soon as it serves. */
    private synchronized void publish() {
        if (closed || readyAt == null) {
            return;
        }
        lock.publish(new RunningStack(
                ProcessHandle.current().pid(),
                readyAt,
                settings.bootstrapServers(),
                settings.registryUrl(),
                settings.blobs().toString(),
                settings.model(),
                Stream.of(Stream.of(broker, registry, streams, worker), moderation.stream(), gateway.stream())
                        .flatMap(keepers -> keepers)
                        .collect(Collectors.toMap(
                                Keeper::component, keeper -> keeper.pid().orElseThrow()))));
    }

    /** Each process adds to its log; the logs tell of this stack alone. */
    private void forgetLogs() {
        for (var component : Component.values()) {
            try {
                Files.deleteIfExists(settings.log(component));
            } catch (IOException e) {
                throw new EnvironmentProblem(
                        "Could not remove " + settings.log(component) + " (" + e.getMessage() + ").", e);
            }
        }
    }

    private static void requireModel(StackSettings settings) {
        if (!StackSettings.NOOP.equals(settings.model())
                && !Files.isReadable(Path.of(settings.model()).resolve("bundle.json"))) {
            throw new EnvironmentProblem("There is no model bundle in " + settings.model()
                    + ": name one with --model or UNIFLUID_MODEL ('./unifluid model list' shows those that were"
                    + " imported), or take --model noop to try the path without a model.");
        }
    }

    private static void together(List<Runnable> steps) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(steps.stream()
                            .map(step -> CompletableFuture.runAsync(step, threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw e;
        }
    }
}
