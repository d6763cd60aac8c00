package io.unifluid.hostile;

import io.unifluid.client.Cluster;
import io.unifluid.hostile.attack.Arsenal;
import io.unifluid.operations.audit.AuditReport;
import io.unifluid.operations.audit.Auditor;
import io.unifluid.stack.AppInstance;
import io.unifluid.stack.ChildProcess;
import io.unifluid.stack.Component;
import io.unifluid.stack.ProcessLauncher;
import io.unifluid.stack.StackSettings;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is attacked: a real broker and registry, the streams app and a worker with the shipped model, each app a process. */
final class Target implements AutoCloseable {
    private static final Pattern ENTRY = Pattern.compile("^\\d\\d:\\d\\d:\\d\\d\\.\\d+ ");
    private static final Pattern OF_A_RECORD = Pattern.compile("Dead letter from|Skipping record");
    private static final Duration STOP_WITHIN = Duration.ofSeconds(15);
    private static final String GOOD = "innocents";
    private static final String BAD = Arsenal.TENANT;
    private static final List<String> USERS = List.of(GOOD, BAD);

    private final LocalBroker broker;
    private final LocalRegistry registry;
    private final Path blobs;
    private final boolean secured;
    private final Map<AppInstance, ChildProcess> running = new HashMap<>();
    private List<AppProbe> apps = List.of();

    private Target(LocalBroker broker, LocalRegistry registry, Path blobs, boolean secured) {
        this.broker = broker;
        this.registry = registry;
        this.blobs = blobs;
        this.secured = secured;
    }

    /**
     * Starts everything and returns when work is taken.
     *
     * @param data emptied folder of this run
     * @param cache of ahead-of-time caches; kept between runs
     * @param secured whether the broker asks who everybody is, and allows what SECURITY.md says
     */
    static Target start(Path checkout, Path data, Path cache, boolean secured) {
        int[] ports = FreePorts.take(2);
        var settings = StackSettings.from(checkout, Map.of("UNIFLUID_HOME", data.toString()), Optional.empty());
        var parts = ProcessLauncher.of(settings, cache);
        var broker = secured ? LocalBroker.secured() : LocalBroker.startWithTopics();
        USERS.forEach(user -> broker.letIn(user, "client"));
        var registry = LocalRegistry.start();
        var target = new Target(broker, registry, settings.blobs(), secured);
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
                    new AppProbe("streams app", target.running.get(streams).pid(), ports[0], 0.35),
                    new AppProbe("worker", target.running.get(worker).pid(), ports[1], 0));
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
                security(component));
    }

    /** Its own user's settings, by the names by which an operator gives them. */
    private Map<String, String> security(Component component) {
        var streams = component == Component.STREAMS;
        var named = new HashMap<String, String>();
        broker.client(streams ? "streams-app" : "worker")
                .forEach((name, value) ->
                        named.put("unifluid." + (streams ? "streams" : "worker") + ".kafka." + name, value));
        return named;
    }

    boolean secured() {
        return secured;
    }

    int partitions() {
        return LocalBroker.PARTITIONS;
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
        return as(GOOD);
    }

    /** Kafka settings of the bad one: it has the rights of a client and no others. */
    Map<String, Object> attacker() {
        return as(BAD);
    }

    /** Kafka settings of somebody who may do everything, and only looks. */
    Map<String, Object> operator() {
        return as("admin");
    }

    private Map<String, Object> as(String user) {
        var settings = new HashMap<String, Object>(broker.client(user));
        settings.put("bootstrap.servers", broker.bootstrapServers());
        return settings;
    }

    /** The ends of the apps' logs, without what they say of hostile records: so many lines of each. */
    String lastWords(int lines) {
        return running.keySet().stream()
                .map(app -> app.log() + ":\n" + lastWords(app.log(), lines))
                .collect(Collectors.joining("\n"));
    }

    private static String lastWords(Path log, int lines) {
        try {
            var said = Files.readAllLines(log).stream()
                    .filter(line -> ENTRY.matcher(line).find()
                            && !OF_A_RECORD.matcher(line).find())
                    .toList();
            return String.join("\n", said.subList(Math.max(0, said.size() - lines), said.size()));
        } catch (IOException e) {
            return "The log could not be read: " + e;
        }
    }

    AuditReport audit() {
        var cluster = new Cluster(broker.bootstrapServers(), registryUrl(), broker.client("audit"), Optional.empty());
        return new Auditor(cluster, Duration.ZERO, 5).audit();
    }

    @Override
    public void close() {
        running.values().forEach(app -> app.stop(STOP_WITHIN));
        registry.close();
        broker.close();
    }
}
