package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The processes that a system is made of, one at a time: {@link LocalStack} takes one of each, a cluster takes more.
 * Whoever starts a process stops it.
 */
public final class ProcessLauncher {
    private static final Duration SERVER_READY_WITHIN = Duration.ofSeconds(120);
    private static final Duration APP_READY_WITHIN = Duration.ofSeconds(300);

    private final StackSettings settings;
    private final Libraries libraries;
    private final Path cache;
    private final Consumer<String> news;

    private ProcessLauncher(StackSettings settings, Libraries libraries, Path cache, Consumer<String> news) {
        this.settings = settings;
        this.libraries = libraries;
        this.cache = cache;
        this.news = news;
    }

    /**
     * Looks for the build and prepares the data folder.
     *
     * @param cache folder of ahead-of-time caches, which outlives the data
     * @throws EnvironmentProblem with one sentence when something is missing
     */
    public static ProcessLauncher of(StackSettings settings, Path cache) {
        return of(settings, cache, line -> {});
    }

    /** @param news one line for people, when something is remarkable or takes long */
    static ProcessLauncher of(StackSettings settings, Path cache, Consumer<String> news) {
        var libraries = Libraries.in(settings.libraries());
        DataFolder.prepare(settings.data()).ifPresent(news);
        try {
            OwnerOnly.createFolder(cache);
        } catch (IOException e) {
            throw new EnvironmentProblem("Could not create " + cache + " (" + e.getMessage() + ").", e);
        }
        return new ProcessLauncher(settings, libraries, cache, news);
    }

    public ChildProcess broker(BrokerNode node) {
        return BrokerProcess.start(node, libraries, cache);
    }

    public ChildProcess registry() {
        return RegistryProcess.start(settings, libraries, cache);
    }

    public ChildProcess app(AppInstance app) {
        return AppProcesses.start(app, libraries, cache);
    }

    /** @throws EnvironmentProblem when the broker ends instead, or takes no connections in time */
    public void awaitBroker(ChildProcess child, BrokerNode node) {
        Readiness.await(child, SERVER_READY_WITHIN, () -> listens(node.port()), news);
    }

    /** @throws EnvironmentProblem when the registry ends instead, or does not answer in time */
    public void awaitRegistry(ChildProcess child) {
        Readiness.await(child, SERVER_READY_WITHIN, () -> RegistryClient.answers(settings.registryUrl()), news);
    }

    /** @throws EnvironmentProblem when the app ends instead, or takes no work in time */
    public void awaitApp(ChildProcess child, AppInstance app) {
        Readiness.await(child, APP_READY_WITHIN, () -> AppProcesses.isReady(app), news);
    }

    /** Says on which device the worker runs, where the build leaves that open. */
    void tellDevice(AppInstance worker) {
        if (libraries.forGpu()) {
            AppProcesses.device(worker).ifPresent(device -> news.accept("the worker runs on " + device));
        }
    }

    /** Creates the system's topics; existing ones keep their partitions. */
    public void createTopics(String bootstrapServers, BrokerNode oneOfThem) {
        SystemTopics.create(bootstrapServers, settings.partitions(), settings.lanePartitions(), oneOfThem.replicas());
    }

    /** Registers the schema of every topic. */
    public void registerSchemas() {
        RegistryClient.register(settings.registryUrl());
    }

    private static boolean listens(int port) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        }
    }
}
