package io.unifluid.hostile;

import io.unifluid.local.stack.AppInstance;
import io.unifluid.local.stack.ChildProcess;
import io.unifluid.local.stack.Component;
import io.unifluid.local.stack.Parts;
import io.unifluid.local.stack.StackSettings;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is attacked: a real broker and registry, the streams app and a worker with the shipped model, each app a process. */
final class Target implements AutoCloseable {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

    private final LocalBroker broker;
    private final LocalRegistry registry;
    private final Path blobs;
    private final Map<AppInstance, ChildProcess> running = new HashMap<>();
    private List<AppProbe> apps = List.of();

    private Target(LocalBroker broker, LocalRegistry registry, Path blobs) {
        this.broker = broker;
        this.registry = registry;
        this.blobs = blobs;
    }

    /**
     * Starts everything and returns when work is taken.
     *
     * @param data emptied folder of this run
     * @param cache of class-data archives; kept between runs
     */
    static Target start(Path checkout, Path data, Path cache) {
        int[] ports = FreePorts.take(2);
        var settings = StackSettings.from(checkout, Map.of("UNIFLUID_HOME", data.toString()), Optional.empty());
        var parts = Parts.of(settings, cache);
        var broker = LocalBroker.startWithTopics();
        var registry = LocalRegistry.start();
        var target = new Target(broker, registry, settings.blobs());
        try {
            var streams = target.instance(Component.STREAMS, settings, ports[0]);
            var worker = target.instance(Component.WORKER, settings, ports[1]);
            for (var app : List.of(streams, worker)) {
                target.running.put(app, parts.app(app));
            }
            for (var app : List.of(streams, worker)) {
                parts.awaitApp(target.running.get(app), app);
            }
            target.apps = List.of(
                    new AppProbe("streams app", target.running.get(streams).pid(), ports[0]),
                    new AppProbe("worker", target.running.get(worker).pid(), ports[1]));
            return target;
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private AppInstance instance(Component component, StackSettings settings, int httpPort) {
        return new AppInstance(
                component,
                component.id(),
                broker.bootstrapServers(),
                registry.url(),
                settings.model(),
                settings.blobs(),
                settings.data().resolve("streams"),
                httpPort,
                settings.log(component),
                Map.of());
    }

    boolean secured() {
        return false;
    }

    int partitions() {
        return LocalBroker.PARTITIONS;
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    String registryUrl() {
        return registry.url();
    }

    Map<String, String> registry() {
        return Map.of("schema.registry.url", registry.url());
    }

    Path blobs() {
        return blobs;
    }

    List<AppProbe> apps() {
        return apps;
    }

    /** Kafka settings of the good tenants. */
    Map<String, Object> client() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** Kafka settings of the bad one: it has the rights of a client and no others. */
    Map<String, Object> attacker() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** Kafka settings of somebody who may read results and dead letters. */
    Map<String, Object> operator() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** The operator's settings beside the address. */
    Map<String, String> operatorSecurity() {
        return Map.of();
    }

    @Override
    public void close() {
        running.values().forEach(app -> app.stop(STOP_WITHIN));
        registry.close();
        broker.close();
    }
}
