package io.unifluid.testkit;

import io.unifluid.schemas.Topics;
import io.unifluid.stack.BrokerProperties;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker (KRaft, one node) inside this JVM, on free ports and in a temporary folder of its own.
 * {@link #stop()} and {@link #startAgain()} keep data and ports; {@link #close()} removes the data. A secured one speaks
 * TLS, asks for passwords and allows what {@link Rights} says. Not thread-safe.
 */
public final class LocalBroker implements AutoCloseable {
    /** Partitions of every topic unless said otherwise. */
    public static final int PARTITIONS = 4;

    private final Path data;
    private final int port;
    private final int controllerPort;
    private final Map<String, String> overrides;
    private final Path certificates;
    private final Optional<BrokerSecurity> security;
    private KafkaRaftServer server;

    private LocalBroker(Map<String, String> overrides, boolean secured) {
        var ports = FreePorts.take(2);
        this.data = TemporaryFolder.create("broker");
        this.certificates = TemporaryFolder.create("certificates");
        this.security = secured ? Optional.of(new BrokerSecurity(certificates)) : Optional.empty();
        this.port = ports[0];
        this.controllerPort = ports[1];
        this.overrides = Map.copyOf(overrides);
    }

    /** Formats and starts; the system's topics do not exist yet. */
    public static LocalBroker start() {
        return start(Map.of());
    }

    /** @param overrides broker settings that replace or join the testkit's */
    public static LocalBroker start(Map<String, String> overrides) {
        var broker = new LocalBroker(overrides, false);
        broker.format();
        broker.startAgain();
        return broker;
    }

    /**
     * Starts with SASL_SSL and an authorizer, creates the system's topics, and lets in every user of {@link Rights}, each
     * with its rights and no others; and {@code admin}, who may do everything.
     */
    public static LocalBroker secured() {
        var broker = new LocalBroker(Map.of(), true);
        broker.format();
        broker.startAgain();
        broker.createTopics(PARTITIONS);
        broker.grant(Rights.all().stream().map(right -> right.of(right.user())).toList());
        return broker;
    }

    /** Starts and creates the system's topics with {@link #PARTITIONS} partitions each. */
    public static LocalBroker startWithTopics() {
        var broker = start();
        broker.createTopics(PARTITIONS);
        return broker;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** A new admin client that may do everything; the caller closes it. */
    public Admin admin() {
        var settings = new HashMap<String, Object>(client(BrokerSecurity.ADMIN));
        settings.put("bootstrap.servers", bootstrapServers());
        return Admin.create(settings);
    }

    /**
     * What a Kafka client of this user is told beside the address: how to speak TLS, and who it is. Nothing where the
     * broker is not secured.
     */
    public Map<String, String> client(String user) {
        return security.map(secured -> secured.client(user)).orElse(Map.of());
    }

    /**
     * Lets one more user in, with the rights of a user of {@link Rights}, for example a second {@code client}; does
     * nothing where the broker is not secured.
     */
    public void letIn(String user, String like) {
        if (security.isEmpty()) {
            return;
        }
        try (var admin = admin()) {
            admin.alterUserScramCredentials(List.of(BrokerSecurity.credential(user)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not let " + user + " in.", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        grant(Rights.of(like).stream().map(right -> right.of(user)).toList());
    }

    /** Returns when they are in force; does nothing where the broker is not secured. */
    public void grant(Collection<Right> rights) {
        if (security.isEmpty()) {
            return;
        }
        var bindings = rights.stream().map(Right::binding).toList();
        try (var admin = admin()) {
            admin.createAcls(bindings).all().get();
            Await.until("the rights to be in force", () -> acls(admin).containsAll(bindings));
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not grant rights.", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Takes a right away that was granted, and returns when it is gone; the connections of its user stay. */
    public void revoke(Right right) {
        try (var admin = admin()) {
            var removed =
                    admin.deleteAcls(List.of(right.binding().toFilter())).all().get();
            if (removed.size() != 1) {
                throw new IllegalArgumentException(right + " is not granted.");
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not revoke " + right + ".", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Creates every topic of {@link Topics}; existing ones stay. */
    public void createTopics(int partitions) {
        create(Stream.concat(
                        Topics.all().stream().map(topic -> newTopic(topic.name(), partitions, topic.config())),
                        Topics.ofOthersRecords().entrySet().stream()
                                .map(topic -> newTopic(topic.getKey(), partitions, topic.getValue())))
                .toList());
    }

    public void createTopic(String name, int partitions, Map<String, String> config) {
        create(List.of(newTopic(name, partitions, config)));
    }

    /** Sets group configs, for example {@code share.auto.offset.reset}; do it before the group's first member joins. */
    public void configureGroup(String group, Map<String, String> config) {
        Collection<AlterConfigOp> changes = config.entrySet().stream()
                .map(e -> new AlterConfigOp(new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        try (var admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), changes))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not configure group " + group + ".", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** A share group as the workers use it: from the earliest record, committed records only. */
    public void shareGroup(String group) {
        configureGroup(group, Map.of("share.auto.offset.reset", "earliest", "share.isolation.level", "read_committed"));
    }

    private static Collection<AclBinding> acls(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeAcls(AclBindingFilter.ANY).values().get();
    }

    /** Shuts the broker down and keeps its data; clients see a broker that is away. */
    public void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    /** Starts a stopped broker on its old ports with its old data. */
    public void startAgain() {
        var properties = BrokerProperties.only(data, port, controllerPort);
        security.ifPresent(secured -> properties.putAll(secured.broker(port, controllerPort)));
        properties.putAll(overrides);
        server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        server.startup();
    }

    @Override
    public void close() {
        stop();
        TemporaryFolder.delete(data);
        TemporaryFolder.delete(certificates);
    }

    private void format() {
        var out = new ByteArrayOutputStream();
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(out, true, StandardCharsets.UTF_8))
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setScramArguments(security.isPresent() ? BrokerSecurity.credentials() : List.of())
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Could not format " + data + ": " + out.toString(StandardCharsets.UTF_8), e);
        }
        if (!Files.exists(data.resolve("meta.properties"))) {
            throw new IllegalStateException("Formatting " + data + " left no meta.properties.");
        }
    }

    private static NewTopic newTopic(String name, int partitions, Map<String, String> config) {
        return new NewTopic(name, Optional.of(partitions), Optional.of((short) 1)).configs(config);
    }

    private void create(Collection<NewTopic> topics) {
        try (var admin = admin()) {
            for (var created : admin.createTopics(topics).values().values()) {
                try {
                    created.get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException("Could not create the topics.", e.getCause());
                    }
                }
            }
            var names = Set.copyOf(topics.stream().map(NewTopic::name).toList());
            Await.until(
                    "the topics " + names,
                    () -> admin.listTopics().names().get().containsAll(names));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Interrupted while talking to the broker.", e);
    }
}
