package io.unifluid.chaos;

import io.unifluid.stack.AppInstance;
import io.unifluid.stack.BrokerNode;
import io.unifluid.stack.ChildProcess;
import io.unifluid.stack.Component;
import io.unifluid.stack.ProcessLauncher;
import io.unifluid.stack.StackSettings;
import io.unifluid.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/** Brokers, a registry, streams apps and workers as processes of their own, each of which can be harmed. */
final class Cluster implements AutoCloseable {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(15);
    private static final int PORTS_OF_BROKER = 4; // its own two, and those of its proxies

    /** A dead broker is noticed after 3 s instead of 9 s; see the brokers' documentation for each. */
    private static final Map<String, String> QUICK = Map.of(
            "broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500",
            "controller.quorum.fetch.timeout.ms", "2000",
            "controller.quorum.election.timeout.ms", "1000",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

    /** Three brokers on one small machine: fewer transactions, each of which all of them take part in. */
    private static final String COMMIT_INTERVAL = "200ms";

    private final StackSettings settings;
    private final ProcessLauncher parts;
    private final List<BrokerNode> nodes;
    private final List<AppInstance> streams;
    private final List<AppInstance> workers;
    private final Map<String, ChildProcess> running = new HashMap<>();
    private final Map<String, Integer> starts = new HashMap<>();
    private final Network network = new Network();
    private boolean closed;

    private Cluster(StackSettings settings, Path cache, Shape shape) {
        this.settings = settings;
        this.parts = ProcessLauncher.of(settings, cache);
        int[] ports = FreePorts.take(PORTS_OF_BROKER * shape.brokers() + shape.streams() + shape.workers());
        var clusterId = Uuid.randomUuid().toString();
        var voters = IntStream.range(0, shape.brokers())
                .mapToObj(i -> (i + 1) + "@127.0.0.1:" + ports[PORTS_OF_BROKER * i + 3])
                .toList();
        nodes = IntStream.range(0, shape.brokers())
                .mapToObj(i -> node(
                        i,
                        Arrays.copyOfRange(ports, PORTS_OF_BROKER * i, PORTS_OF_BROKER * (i + 1)),
                        clusterId,
                        voters))
                .toList();
        int next = PORTS_OF_BROKER * shape.brokers();
        streams = apps(Component.STREAMS, shape.streams(), ports, next);
        workers = apps(Component.WORKER, shape.workers(), ports, next + shape.streams());
    }

    /**
     * Starts everything and returns when work is taken.
     *
     * @param data emptied folder of this run
     * @param cache of ahead-of-time caches; kept between runs
     */
    static Cluster start(Path checkout, Path data, Path cache, Shape shape, String model) {
        int[] ports = FreePorts.take(6);
        var environment = new HashMap<>(Map.of("UNIFLUID_HOME", data.toString()));
        var names = List.of("KAFKA", "CONTROLLER", "REGISTRY", "REGISTRY_MANAGEMENT", "STREAMS", "WORKER");
        for (int i = 0; i < names.size(); i++) {
            environment.put("UNIFLUID_PORT_" + names.get(i), Integer.toString(ports[i]));
        }
        Optional.ofNullable(System.getenv("UNIFLUID_REGISTRY_HOME"))
                .ifPresent(home -> environment.put("UNIFLUID_REGISTRY_HOME", home));
        var cluster = new Cluster(StackSettings.from(checkout, environment, Optional.of(model)), cache, shape);
        try {
            cluster.startAll();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    String bootstrapServers() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.advertisedPort()).collect(Collectors.joining(","));
    }

    String registryUrl() {
        return settings.registryUrl();
    }

    Path blobs() {
        return settings.blobs();
    }

    /** Does it, without undoing it. */
    void inject(Fault fault) {
        switch (fault.kind()) {
            case KILL_WORKER, KILL_STREAMS, KILL_BROKER, REGISTRY_OUTAGE ->
                child(fault).kill();
            case PAUSE_WORKER, PAUSE_STREAMS, PAUSE_BROKER, PAUSE_REGISTRY ->
                child(fault).pause();
            case PARTITION_WORKER, PARTITION_STREAMS ->
                network.cutOff(child(fault).pid(), List.of());
            case PARTITION_BROKER -> network.cutOff(child(fault).pid(), proxyPorts(nodes.get(fault.target())));
            case FULL_DISK_STREAMS, FULL_DISK_BROKER -> child(fault).fillDisk();
            case BLOB_OUTAGE -> move(blobs(), away());
        }
    }

    /** Undoes it: starts again what was killed or has ended by it, without waiting until it is ready. */
    void heal(Fault fault) {
        switch (fault.kind()) {
            case KILL_WORKER -> launch(workers.get(fault.target()));
            case KILL_STREAMS -> launch(streams.get(fault.target()));
            case KILL_BROKER -> launch(nodes.get(fault.target()));
            case REGISTRY_OUTAGE -> launchRegistry();
            case PAUSE_WORKER, PAUSE_STREAMS, PAUSE_BROKER, PAUSE_REGISTRY ->
                child(fault).resume();
            case PARTITION_WORKER, PARTITION_STREAMS, PARTITION_BROKER -> network.heal();
            case FULL_DISK_STREAMS -> freeDisk(child(fault), () -> launch(streams.get(fault.target())));
            case FULL_DISK_BROKER -> freeDisk(child(fault), () -> launch(nodes.get(fault.target())));
            case BLOB_OUTAGE -> move(away(), blobs());
        }
    }

    /** Starts again what ended by itself, as a supervisor would. */
    List<String> startEnded() {
        var ended = new ArrayList<String>();
        nodes.stream().filter(node -> !running.get(name(node)).isAlive()).forEach(node -> {
            ended.add(name(node));
            launch(node);
        });
        streams.stream().filter(app -> !running.get(app.name()).isAlive()).forEach(app -> {
            ended.add(app.name());
            launch(app);
        });
        workers.stream().filter(app -> !running.get(app.name()).isAlive()).forEach(app -> {
            ended.add(app.name());
            launch(app);
        });
        return ended;
    }

    /** Returns when everything is ready again, brokers first. */
    void awaitReady() {
        nodes.forEach(node -> parts.awaitBroker(running.get(name(node)), node));
        parts.awaitRegistry(running.get("registry"));
        streams.forEach(app -> parts.awaitApp(running.get(app.name()), app));
        workers.forEach(app -> parts.awaitApp(running.get(app.name()), app));
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        running.values().stream().filter(ChildProcess::isAlive).forEach(ChildProcess::resume);
        stop("worker", "streams");
        stop("broker", "registry");
        network.close();
    }

    /** Stops all streams apps in order, so that nothing settles any more. */
    void stopStreams() {
        stop("streams");
    }

    private void startAll() {
        nodes.forEach(this::launch);
        launchRegistry();
        nodes.forEach(node -> parts.awaitBroker(running.get(name(node)), node));
        parts.awaitRegistry(running.get("registry"));
        parts.createTopics(bootstrapServers(), nodes.getFirst());
        parts.registerSchemas();
        streams.forEach(this::launch);
        workers.forEach(this::launch);
        awaitReady();
    }

    /** @param ports its own, its controller's, and the proxies of both */
    private BrokerNode node(int index, int[] ports, String clusterId, List<String> voters) {
        var name = "broker-" + (index + 1);
        network.open(ports[2], ports[0]);
        network.open(ports[3], ports[1]);
        return new BrokerNode(
                index + 1,
                ports[0],
                ports[2],
                ports[1],
                settings.data().resolve(name),
                log(name, 1),
                clusterId,
                voters,
                voters.size() == 1 ? Map.of() : QUICK);
    }

    private List<AppInstance> apps(Component component, int count, int[] ports, int firstPort) {
        return IntStream.range(0, count)
                .mapToObj(i -> new AppInstance(
                        component,
                        component.id() + "-" + (i + 1),
                        bootstrapServers(),
                        settings.registryUrl(),
                        settings.model(),
                        settings.blobs(),
                        settings.data().resolve(component.id() + "-" + (i + 1)),
                        ports[firstPort + i],
                        log(component.id(), 1),
                        component == Component.STREAMS ? streamsSettings(count) : Map.of()))
                .toList();
    }

    /** Each instance but one keeps copies of the others' stores. */
    private static Map<String, String> streamsSettings(int instances) {
        return Map.of(
                "unifluid.streams.commit-interval",
                COMMIT_INTERVAL,
                "unifluid.streams.standbys",
                Integer.toString(instances - 1));
    }

    private void launch(BrokerNode node) {
        var again = new BrokerNode(
                node.id(),
                node.port(),
                node.advertisedPort(),
                node.controllerPort(),
                node.folder(),
                nextLog(name(node)),
                node.clusterId(),
                node.voters(),
                node.more());
        running.put(name(node), parts.broker(again));
    }

    private void launch(AppInstance app) {
        var again = new AppInstance(
                app.component(),
                app.name(),
                app.bootstrapServers(),
                app.registryUrl(),
                app.model(),
                app.blobs(),
                app.state(),
                app.httpPort(),
                nextLog(app.name()),
                app.more());
        running.put(app.name(), parts.app(again));
    }

    private void launchRegistry() {
        running.put("registry", parts.registry());
    }

    private ChildProcess child(Fault fault) {
        return running.get(
                switch (fault.kind()) {
                    case KILL_WORKER, PAUSE_WORKER, PARTITION_WORKER ->
                        workers.get(fault.target()).name();
                    case KILL_STREAMS, PAUSE_STREAMS, PARTITION_STREAMS, FULL_DISK_STREAMS ->
                        streams.get(fault.target()).name();
                    case KILL_BROKER, PAUSE_BROKER, PARTITION_BROKER, FULL_DISK_BROKER ->
                        name(nodes.get(fault.target()));
                    case PAUSE_REGISTRY, REGISTRY_OUTAGE -> "registry";
                    case BLOB_OUTAGE -> throw new IllegalArgumentException("The blob store is a folder.");
                });
    }

    /** The proxies' ports: of the broker the one that it advertises, of its controller the one that all vote at. */
    private static List<Integer> proxyPorts(BrokerNode node) {
        var voter = node.voters().get(node.id() - 1);
        return List.of(node.advertisedPort(), Integer.parseInt(voter.substring(voter.lastIndexOf(':') + 1)));
    }

    private static void freeDisk(ChildProcess child, Runnable startAgain) {
        if (child.isAlive()) {
            child.freeDisk();
        } else {
            startAgain.run();
        }
    }

    private void stop(String... kinds) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(running.entrySet().stream()
                            .filter(entry -> List.of(kinds).stream().anyMatch(entry.getKey()::startsWith))
                            .map(entry -> CompletableFuture.runAsync(
                                    () -> entry.getValue().stop(STOP_WITHIN), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
    }

    private static String name(BrokerNode node) {
        return "broker-" + node.id();
    }

    /** Every start has a log of its own. */
    private Path nextLog(String name) {
        return log(name, starts.merge(name, 1, Integer::sum));
    }

    private Path log(String name, int start) {
        return settings.data().resolve("logs").resolve(name + "." + start + ".log");
    }

    private Path away() {
        return settings.data().resolve("blobs-away");
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not move " + from + " to " + to + ".", e);
        }
    }
}
