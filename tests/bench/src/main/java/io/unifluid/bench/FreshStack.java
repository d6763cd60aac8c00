package io.unifluid.bench;

import io.unifluid.client.ClientSettings;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.stack.AppInstance;
import io.unifluid.stack.BrokerNode;
import io.unifluid.stack.ChildProcess;
import io.unifluid.stack.Component;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.Port;
import io.unifluid.stack.PortCheck;
import io.unifluid.stack.ProcessLauncher;
import io.unifluid.stack.StackLock;
import io.unifluid.stack.StackSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The local stack with an empty broker and empty stores, so that nothing of an earlier run weighs on it. */
final class FreshStack implements AutoCloseable {
    /** The broker's and the apps' stores; class data and logs stay. */
    private static final List<String> EMPTIED = List.of("kafka", "streams", "gateway");

    private final StackSettings settings;
    private final LocalStack stack;

    private FreshStack(StackSettings settings, LocalStack stack) {
        this.settings = settings;
        this.stack = stack;
    }

    /** @param part names the data folder; what the broker and the streams app keep there is removed before and after */
    static FreshStack start(Path checkout, String part) throws IOException {
        return start(checkout, part, Optional.of(StackSettings.NOOP));
    }

    /** @param model as the command line takes it; empty for the reference model */
    static FreshStack start(Path checkout, String part, Optional<String> model) throws IOException {
        return start(StackSettings.from(checkout, PathBench.environment(checkout, "-" + part), model));
    }

    /** With the door for HTTP and the model that computes nothing. */
    static FreshStack withGateway(Path checkout, String part) throws IOException {
        return start(StackSettings.from(
                        checkout, PathBench.environment(checkout, "-" + part), Optional.of(StackSettings.NOOP))
                .withGateway());
    }

    /** An empty broker and a registry, for a bench that starts and stops apps of its own. */
    static Parts parts(Path checkout, String part, Optional<String> model) throws IOException {
        var settings = StackSettings.from(checkout, PathBench.environment(checkout, "-" + part), model);
        PortCheck.requireFree(settings.usedPorts());
        empty(settings.data());
        var launcher = ProcessLauncher.of(settings, settings.data().resolve("cache"));
        var node = BrokerNode.only(settings);
        var broker = launcher.broker(node);
        var registry = launcher.registry();
        var parts = new Parts(settings, launcher, broker, registry);
        try {
            launcher.awaitBroker(broker, node);
            launcher.awaitRegistry(registry);
            launcher.createTopics(settings.bootstrapServers(), node);
            launcher.registerSchemas();
            return parts;
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** See {@link #parts}; closed after the apps. */
    record Parts(StackSettings settings, ProcessLauncher launcher, ChildProcess broker, ChildProcess registry)
            implements AutoCloseable {
        private static final Duration STOP_WITHIN = Duration.ofMinutes(1);

        AppInstance app(Component component, String name, int httpPort, Map<String, String> more) {
            return new AppInstance(
                    component,
                    name,
                    settings.bootstrapServers(),
                    settings.registryUrl(),
                    settings.model(),
                    settings.blobs(),
                    settings.data().resolve("streams").resolve(name),
                    httpPort,
                    settings.data().resolve("logs").resolve(name + ".log"),
                    more);
        }

        @Override
        public void close() throws IOException {
            broker.stop(STOP_WITHIN);
            registry.stop(STOP_WITHIN);
            empty(settings.data());
        }
    }

    private static FreshStack start(StackSettings settings) throws IOException {
        if (StackLock.running(settings.data()).isPresent()) {
            throw new IllegalStateException("A stack runs in " + settings.data() + ".");
        }
        empty(settings.data());
        var stack = LocalStack.prepare(settings, line -> System.out.println("stack: " + line));
        stack.start();
        return new FreshStack(settings, stack);
    }

    UniFluidClient client() {
        return client(settings);
    }

    /** How many are under way is for the bench to say. */
    static UniFluidClient client(StackSettings settings) {
        return UniFluidClient.connect(ClientSettings.of(settings.bootstrapServers(), settings.registryUrl())
                .mostUnderWay(1_000_000));
    }

    /** Those that run. */
    List<Component> components() {
        return settings.components();
    }

    String registryUrl() {
        return settings.registryUrl();
    }

    Map<String, Object> adminSettings() {
        return Map.of("bootstrap.servers", settings.bootstrapServers());
    }

    URI gateway() {
        return URI.create(settings.gatewayUrl());
    }

    /** The folder that the workers and the gateway share. */
    Path blobs() {
        return settings.blobs();
    }

    /** The broker's, of this machine. */
    LogFiles logs() {
        return new LogFiles(settings.data().resolve("kafka").resolve("data"));
    }

    AvroSerdes avro() {
        return AvroSerdes.of(settings.registryUrl());
    }

    long pid(Component component) {
        return StackLock.running(settings.data()).orElseThrow().components().get(component);
    }

    /** What the streams app counts under this name, without labels. */
    double streamsMeter(String name) {
        return meter(settings.port(Port.STREAMS), name);
    }

    /** What the app at this port counts under this name, over all labels. */
    static double meter(int port, String name) {
        var address = URI.create("http://127.0.0.1:" + port + "/metrics");
        try (var in = address.toURL().openStream()) {
            var values = new String(in.readAllBytes())
                    .lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .toArray();
            if (values.length == 0) {
                throw new IllegalStateException("The app at " + address + " does not count " + name + ".");
            }
            return Arrays.stream(values).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("An app's metrics cannot be read at " + address + ".", e);
        }
    }

    @Override
    public void close() throws IOException {
        stack.close();
        empty(settings.data());
    }

    private static void empty(Path data) throws IOException {
        for (var name : EMPTIED) {
            var folder = data.resolve(name);
            if (Files.isDirectory(folder)) {
                try (var paths = Files.walk(folder)) {
                    for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }
    }
}
