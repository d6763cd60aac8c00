package io.unifluid.local.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Broker, registry, topology and worker as child processes of this one. {@link #start} returns when requests are
 * served; {@link #close} stops in the reverse order and keeps the data. A streams app or worker that ends by itself is
 * started again a few times; nothing else is.
 */
public final class LocalStack implements AutoCloseable {
    private static final Duration APP_STOP_WITHIN = Duration.ofSeconds(30);
    private static final Duration SERVER_STOP_WITHIN = Duration.ofSeconds(15);
    private static final Duration WATCH_EVERY = Duration.ofMillis(250);
    private static final int RESTARTS = 3;

    private final StackSettings settings;
    private final Parts parts;
    private final StackLock lock;
    private final Consumer<String> news;
    private final Map<Component, ChildProcess> children = new EnumMap<>(Component.class);
    private final CompletableFuture<EnvironmentProblem> failure = new CompletableFuture<>();
    private final Map<Component, Integer> restarts = new EnumMap<>(Component.class);
    private boolean closed;

    private LocalStack(StackSettings settings, Parts parts, StackLock lock, Consumer<String> news) {
        this.settings = settings;
        this.parts = parts;
        this.lock = lock;
        this.news = news;
    }

    /**
     * Checks everything that can be checked beforehand and takes the data folder's lock; starts nothing yet.
     *
     * @param news one line per step, for people
     * @throws EnvironmentProblem with one sentence when a port, the data folder, the model or the build is in the way
     */
    public static LocalStack prepare(StackSettings settings, Consumer<String> news) {
        requireModel(settings);
        var parts = Parts.of(settings, settings.data().resolve("cache"));
        var lock = StackLock.take(settings.data());
        try {
            PortCheck.requireFree(settings.ports());
            return new LocalStack(settings, parts, lock, news);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** @throws EnvironmentProblem when a part does not come up; everything is stopped again then */
    public void start() {
        try {
            both(this::startBroker, this::startRegistry);
            both(
                    () -> parts.createTopics(settings.bootstrapServers(), BrokerNode.only(settings)),
                    parts::registerSchemas);
            both(() -> startApp(Component.STREAMS), () -> startApp(Component.WORKER));
            publish();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        Thread.ofVirtual().name("stack-watch").start(this::watch);
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
        try {
            both(() -> stop(Component.WORKER, APP_STOP_WITHIN), () -> stop(Component.STREAMS, APP_STOP_WITHIN));
            both(() -> stop(Component.BROKER, SERVER_STOP_WITHIN), () -> stop(Component.REGISTRY, SERVER_STOP_WITHIN));
        } finally {
            lock.close();
        }
    }

    private void startBroker() {
        var node = BrokerNode.only(settings);
        news.accept("starting the broker on " + settings.bootstrapServers());
        var child = launch(Component.BROKER, () -> parts.broker(node));
        parts.awaitBroker(child, node);
    }

    private void startRegistry() {
        news.accept("starting the schema registry on port " + settings.port(Port.REGISTRY));
        var child = launch(Component.REGISTRY, parts::registry);
        parts.awaitRegistry(child);
    }

    private void startApp(Component component) {
        var app = AppInstance.only(component, settings);
        news.accept("starting the " + component.title());
        var child = launch(component, () -> parts.app(app));
        parts.awaitApp(child, app);
    }

    private synchronized ChildProcess launch(Component component, Supplier<ChildProcess> start) {
        if (closed) {
            throw new EnvironmentProblem("The stack was stopped while it was starting.");
        }
        var child = start.get();
        children.put(component, child);
        return child;
    }

    private synchronized void publish() {
        if (closed) {
            throw new EnvironmentProblem("The stack was stopped while it was starting.");
        }
        lock.publish(new RunningStack(
                ProcessHandle.current().pid(),
                Instant.now(),
                settings.bootstrapServers(),
                settings.registryUrl(),
                settings.blobs().toString(),
                settings.model(),
                children.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, e -> e.getValue().pid()))));
    }

    private void watch() {
        try {
            for (var ended = nextEnded(); ended.isPresent(); ended = nextEnded()) {
                var component = ended.get().component();
                var count = restarts.merge(component, 1, Integer::sum);
                if (component == Component.BROKER || component == Component.REGISTRY || count > RESTARTS) {
                    ended.get().requireAlive();
                }
                news.accept(
                        "the " + component.title() + " ended; starting it again (" + count + " of " + RESTARTS + ")");
                startApp(component);
                publish();
            }
        } catch (EnvironmentProblem e) {
            failure.complete(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a child to end by itself; empty when the stack is being closed. */
    private Optional<ChildProcess> nextEnded() throws InterruptedException {
        while (true) {
            synchronized (this) {
                if (closed) {
                    return Optional.empty();
                }
                var ended = children.values().stream()
                        .filter(child -> !child.isAlive())
                        .findFirst();
                if (ended.isPresent()) {
                    return ended;
                }
            }
            Thread.sleep(WATCH_EVERY);
        }
    }

    private void stop(Component component, Duration patience) {
        var child = children.get(component);
        if (child != null) {
            child.stop(patience);
        }
    }

    private static void requireModel(StackSettings settings) {
        if (!StackSettings.NOOP.equals(settings.model())
                && !Files.isReadable(Path.of(settings.model()).resolve("bundle.json"))) {
            throw new EnvironmentProblem(
                    "There is no model bundle in " + settings.model()
                            + ": name one with --model or UNIFLUID_MODEL, or take --model noop to try the path without a model.");
        }
    }

    private static void both(Runnable first, Runnable second) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var one = CompletableFuture.runAsync(first, threads);
            var two = CompletableFuture.runAsync(second, threads);
            CompletableFuture.allOf(one, two).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw e;
        }
    }
}
