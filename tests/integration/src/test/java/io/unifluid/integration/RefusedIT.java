package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.unifluid.client.Cancels;
import io.unifluid.client.ClientSettings;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.UniFluidClient;
import io.unifluid.operations.audit.Auditor;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.KafkaSettings;
import io.unifluid.worker.config.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is wrong on the way to Kafka is one sentence in every process, with the setting to change and no password. */
final class RefusedIT {
    @TempDir
    static Path scratch;

    private static LocalBroker broker;
    private static LocalBroker plain;
    private static LocalRegistry registry;
    private static final Map<Trouble, Map<String, CompletableFuture<String>>> said = new EnumMap<>(Trouble.class);

    @BeforeAll
    static void start() {
        broker = LocalBroker.secured();
        plain = LocalBroker.startWithTopics();
        registry = LocalRegistry.mock();
        tryAll();
    }

    @AfterAll
    static void stop() {
        registry.close();
        plain.close();
        broker.close();
    }

    /** What is wrong, and what is said about it. */
    enum Trouble {
        WRONG_PASSWORD("does not let this process in", "sasl.jaas.config") {
            @Override
            void make(Map<String, String> client) {
                client.computeIfPresent("sasl.jaas.config", (_, login) -> login.replace("-secret", "-secret-guess"));
            }
        },
        WRONG_MECHANISM("does not let this process in", "sasl.mechanism") {
            @Override
            void make(Map<String, String> client) {
                client.put("sasl.mechanism", "SCRAM-SHA-256");
            }
        },
        WRONG_AUTHORITY("is not trusted", "ssl.truststore.location") {
            @Override
            void make(Map<String, String> client) {
                client.remove("ssl.truststore.location");
                client.remove("ssl.truststore.password");
            }
        },
        NO_FILE("there is no file /nowhere.p12", "ssl.*") {
            @Override
            void make(Map<String, String> client) {
                client.put("ssl.truststore.location", "/nowhere.p12");
            }
        },
        WRONG_FILE_PASSWORD("keystore password was incorrect", "ssl.*") {
            @Override
            void make(Map<String, String> client) {
                client.put("ssl.truststore.password", "store-secret-guess");
            }
        },
        UNKNOWN_PROTOCOL("SASL_TLS", "security.protocol") {
            @Override
            void make(Map<String, String> client) {
                client.put("security.protocol", "SASL_TLS");
            }
        },
        PLAINTEXT("this port speaks TLS", "security.protocol to SASL_SSL or SSL") {
            @Override
            void make(Map<String, String> client) {
                client.clear();
            }
        },
        NO_LOGIN("did not answer", "security.protocol, SSL, is what this port takes") {
            @Override
            void make(Map<String, String> client) {
                client.put("security.protocol", "SSL");
            }
        },
        TLS_TO_PLAIN("this port does not speak TLS", "security.protocol to SASL_PLAINTEXT or PLAINTEXT") {
            @Override
            String brokers() {
                return plain.bootstrapServers();
            }
        },
        NOBODY("nobody takes connections there", "check the address") {
            @Override
            String brokers() {
                return "127.0.0.1:" + FreePorts.take(1)[0];
            }
        };

        private final List<String> words;

        Trouble(String... words) {
            this.words = List.of(words);
        }

        void make(Map<String, String> client) {}

        String brokers() {
            return broker.bootstrapServers();
        }
    }

    /** Where nobody says what is wrong: each waits as long as it has patience. */
    private static final Set<Trouble> SILENT =
            EnumSet.of(Trouble.PLAINTEXT, Trouble.NO_LOGIN, Trouble.TLS_TO_PLAIN, Trouble.NOBODY);

    private interface Attempt {
        void run() throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void everyProcessSaysInOneSentenceWhatIsWrong(Trouble trouble) {
        said.get(trouble)
                .forEach((process, sentence) -> assertThat(sentence.join())
                        .as(process)
                        .contains(trouble.words)
                        .doesNotContain("-secret", "Exception", "org.apache", "java.")
                        .hasLineCount(1)
                        .endsWith("."));
    }

    /**
     * First those that are told at once, then those that nobody answers, who would only take the processor from them while
     * they wait. On threads of the platform, as in a process of one's own: a selector holds the carrier of a virtual one.
     */
    private static void tryAll() {
        try (var threads = Executors.newCachedThreadPool()) {
            var answered = EnumSet.complementOf(EnumSet.copyOf(SILENT));
            answered.forEach(trouble -> said.put(trouble, attempts(trouble, threads)));
            answered.forEach(trouble -> said.get(trouble).values().forEach(CompletableFuture::join));
            SILENT.forEach(trouble -> said.put(trouble, attempts(trouble, threads)));
        }
    }

    private static Map<String, CompletableFuture<String>> attempts(Trouble trouble, Executor threads) {
        var brokers = trouble.brokers();
        var attempts = Map.<String, Attempt>of(
                "streams", () -> streams(brokers, client("streams-app", trouble)),
                "worker", () -> worker(brokers, client("worker", trouble)),
                "cancel", () -> cancel(brokers, client("cancel", trouble)),
                "client", () -> connect(brokers, client("client", trouble)),
                "letters", () -> letters(brokers, client("dead-letters", trouble)),
                "audit", () -> audit(brokers, client("audit", trouble)));
        var sentences = new HashMap<String, CompletableFuture<String>>();
        attempts.forEach((process, attempt) ->
                sentences.put(process, CompletableFuture.supplyAsync(() -> sentence(attempt), threads)));
        return sentences;
    }

    private static String sentence(Attempt attempt) {
        var failure = catchThrowable(attempt::run);
        return failure == null ? "(it worked)" : String.valueOf(failure.getMessage());
    }

    private static Map<String, String> client(String user, Trouble trouble) {
        var client = new HashMap<>(broker.client(user));
        trouble.make(client);
        return client;
    }

    private static void streams(String brokers, Map<String, String> client) throws Exception {
        var settings = new HashMap<String, String>();
        client.forEach((name, value) -> settings.put("kafka." + name, value));
        settings.put("bootstrap-servers", brokers);
        settings.put("registry-url", registry.url());
        settings.put("state-dir", scratch.resolve("state").toString());
        try (var app = new StreamsAppRunner(StreamsSettings.of(settings))) {
            app.start();
        }
    }

    private static void worker(String brokers, Map<String, String> client) throws Exception {
        var kafka = new KafkaSettings(
                brokers, registry.url(), client, Map.of(), Map.of(), Duration.ofSeconds(30), Duration.ofSeconds(15));
        var settings = WorkerSettings.of(
                        brokers,
                        registry.url(),
                        "noop",
                        scratch.resolve("blobs").toString())
                .withKafka(kafka);
        try (var worker = new WorkerRunner(settings)) {
            worker.start();
        }
    }

    private static Cluster cluster(String brokers, Map<String, String> client) {
        return new Cluster(brokers, registry.url(), client, Optional.empty());
    }

    private static void connect(String brokers, Map<String, String> client) {
        UniFluidClient.connect(ClientSettings.of(cluster(brokers, client)).patience(Duration.ofSeconds(15)))
                .close();
    }

    private static void cancel(String brokers, Map<String, String> client) {
        try (var cancels = new Cancels(cluster(brokers, client))) {
            cancels.send(List.of("some"), "test", "");
        }
    }

    private static void letters(String brokers, Map<String, String> client) {
        try (var scan = new TopicScan(cluster(brokers, client))) {
            scan.read(Topics.DEAD_LETTERS, _ -> true);
        }
    }

    private static void audit(String brokers, Map<String, String> client) {
        var cluster = cluster(brokers, client);
        new Auditor(cluster, Duration.ZERO, 1).audit();
    }
}
