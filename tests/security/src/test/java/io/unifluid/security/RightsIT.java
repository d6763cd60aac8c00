package io.unifluid.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Cancels;
import io.unifluid.client.ClientSettings;
import io.unifluid.client.Cluster;
import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.operations.audit.Auditor;
import io.unifluid.operations.blobs.BlobCollector;
import io.unifluid.operations.deadletter.DeadLetterTopic;
import io.unifluid.operations.deadletter.LetterFilter;
import io.unifluid.operations.deadletter.Redrive;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Right;
import io.unifluid.testkit.Rights;
import io.unifluid.testkit.TestClient;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.KafkaSettings;
import io.unifluid.worker.config.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * On a broker that allows what SECURITY.md says and nothing else: with all of its rights each process works, and with one
 * taken away it says which operation on which resource is refused.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RightsIT {
    private static final String REPLIES = "replies.client";
    /** No dead letter comes from them, so none that says so is believed. */
    private static final List<String> FINAL = List.of(
            Topics.RESULTS.name(),
            Topics.STATUS.name(),
            Topics.WORKERS.name(),
            Topics.TENANTS.name(),
            Topics.FILES.name(),
            Topics.BATCHES.name(),
            Topics.WEBHOOKS.name(),
            Topics.WEBHOOK_MESSAGES.name(),
            Topics.WEBHOOK_DELIVERIES.name(),
            Topics.ACCEPTED.name(),
            Topics.POLICIES.name(),
            Topics.HASHES.name(),
            Topics.VERDICTS.name(),
            Topics.FLAGGED.name(),
            Topics.RULINGS.name());

    @TempDir
    static Path scratch;

    private static LocalBroker broker;
    private static LocalRegistry registry;

    @BeforeAll
    static void start() {
        broker = LocalBroker.secured();
        broker.createTopic(REPLIES, 1, Map.of());
        registry = LocalRegistry.mock();
    }

    @AfterAll
    static void stop() {
        registry.close();
        broker.close();
    }

    /** Before the app has ever run: later its topics are there. */
    @Test
    @Order(1)
    void theStreamsAppNamesThatItMayNotCreateItsTopics() throws Exception {
        var right = rightsOf("streams-app")
                .filter(each -> each.operation() == AclOperation.CREATE)
                .findFirst()
                .orElseThrow();
        without(right, () -> refused(right, RightsIT::streams));
    }

    /** The gateway by each of its doors: requests, batches, files, webhooks, moderation; with answers by the other apps. */
    @Test
    @Order(2)
    void withAllRightsTheAppsRunAndTheGatewayWorks() throws Exception {
        try (var app = new StreamsAppRunner(ofStreams()).start();
                var worker = new WorkerRunner(ofWorker());
                var gateway = new GatewayWithRights(broker, registry, scratch)) {
            worker.start();
            ready(app);
            ready(worker);
            gateway.worksWhole(Await.PATIENCE);
        }
    }

    static Stream<Right> rightsOfTheStreamsApp() {
        return rightsOf("streams-app").filter(right -> right.operation() != AclOperation.CREATE);
    }

    @ParameterizedTest
    @MethodSource("rightsOfTheStreamsApp")
    @Order(3)
    void theStreamsAppNamesTheRightThatItLacks(Right right) throws Exception {
        without(right, () -> refused(right, RightsIT::streams));
    }

    static Stream<Right> rightsOfTheWorker() {
        return rightsOf("worker");
    }

    @ParameterizedTest
    @MethodSource("rightsOfTheWorker")
    @Order(3)
    void theWorkerNamesTheRightThatItLacks(Right right) throws Exception {
        without(right, () -> refused(right, RightsIT::worker));
    }

    static Stream<Right> rightsOfTheCommands() {
        return Stream.of("cancel", "dead-letters", "redrive", "blobs", "audit").flatMap(RightsIT::rightsOf);
    }

    @Test
    @Order(3)
    void withAllRightsTheCommandsWork() throws Exception {
        letters();
        for (var user : List.of("cancel", "dead-letters", "blobs", "audit", "redrive")) {
            command(user);
        }
        assertThat(redriven()).isEqualTo(Topics.all().size() - FINAL.size());
    }

    @ParameterizedTest
    @MethodSource("rightsOfTheCommands")
    @Order(4)
    void aCommandNamesTheRightThatItLacks(Right right) throws Exception {
        if (right.user().equals("redrive") && right.name().equals(Topics.REDRIVES)) {
            forgetRedrives(right.operation());
        }
        without(right, () -> refused(right, () -> command(right.user())));
    }

    /** Those that a client needs that reads everybody's results; the rest is for other ways to read them. */
    static Stream<Right> rightsOfTheClient() {
        return rightsOf("client").filter(right -> right.name().startsWith("unifluid."));
    }

    @Test
    @Order(3)
    void withAllRightsTheClientWorks() throws Exception {
        client();
    }

    @ParameterizedTest
    @MethodSource("rightsOfTheClient")
    @Order(4)
    void theClientNamesTheRightThatItLacks(Right right) throws Exception {
        without(right, () -> refused(right, RightsIT::client));
    }

    /** Whatever a client can be asked for; nobody answers. */
    private static void client() throws Exception {
        var cluster = new Cluster(broker.bootstrapServers(), registry.url(), broker.client("client"), Optional.empty());
        try (var client = UniFluidClient.connect(ClientSettings.of(cluster))) {
            var waits = client.submit(Request.generate("a fox"));
            var bulk = client.submit(Request.generate("a fox").bulk());
            var statuses = new CompletableFuture<Void>();
            waits.status().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                    statuses.completeOnTimeout(null, 2, TimeUnit.SECONDS);
                }

                @Override
                public void onNext(RequestStatus status) {}

                @Override
                public void onError(Throwable problem) {
                    statuses.completeExceptionally(problem);
                }

                @Override
                public void onComplete() {
                    statuses.complete(null);
                }
            });
            for (var each : List.of(
                    waits.taken(), bulk.taken(), waits.cancel(), bulk.cancel(), statuses)) { // the slow one last
                each.get();
            }
            for (var handle : List.of(waits, bulk)) {
                if (handle.result().isCompletedExceptionally()) {
                    handle.result().get();
                }
            }
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static void refused(Right right, Attempt attempt) {
        var name = right.name().replace("*", "");
        assertThatThrownBy(attempt::run)
                .message()
                .startsWith("Not allowed to ")
                .contains(right.of(right.user()).words().replace(right.name(), name))
                .contains(broker.bootstrapServers())
                .contains("SECURITY.md")
                .doesNotContain("Exception")
                .hasLineCount(1);
    }

    private static void without(Right right, Attempt attempt) throws Exception {
        broker.revoke(right);
        try {
            attempt.run();
        } finally {
            broker.grant(List.of(right));
        }
    }

    private static Stream<Right> rightsOf(String user) {
        return Rights.of(user).stream().map(right -> right.of(user));
    }

    private static void streams() throws Exception {
        try (var app = new StreamsAppRunner(ofStreams()).start()) {
            ready(app);
        }
    }

    private static StreamsSettings ofStreams() {
        var settings = new HashMap<String, String>();
        broker.client("streams-app").forEach((name, value) -> settings.put("kafka." + name, value));
        settings.put("bootstrap-servers", broker.bootstrapServers());
        settings.put("registry-url", registry.url());
        settings.put("reply-topics", REPLIES);
        settings.put("state-dir", scratch.resolve("state").toString());
        return StreamsSettings.of(settings);
    }

    private static void ready(StreamsAppRunner app) throws InterruptedException {
        if (!app.awaitReady(Await.PATIENCE)) {
            throw new IllegalStateException(app.refusal().orElse("The app was not ready, and does not say why."));
        }
    }

    private static void worker() throws Exception {
        try (var worker = new WorkerRunner(ofWorker())) {
            worker.start();
            ready(worker);
        }
    }

    private static WorkerSettings ofWorker() {
        return WorkerSettings.of(
                        broker.bootstrapServers(),
                        registry.url(),
                        "noop",
                        scratch.resolve("blobs").toString())
                .withKafka(KafkaSettings.of(broker.bootstrapServers(), registry.url())
                        .withClient(broker.client("worker")));
    }

    private static void ready(WorkerRunner worker) throws InterruptedException {
        if (!worker.awaitReady(Await.PATIENCE) || worker.illness().isPresent()) {
            throw new IllegalStateException(worker.illness().orElse("The worker was not ready and says not why."));
        }
    }

    private static void command(String user) {
        var cluster = new Cluster(broker.bootstrapServers(), registry.url(), broker.client(user), Optional.empty());
        switch (user) {
            case "cancel" -> {
                try (var cancels = new Cancels(cluster)) {
                    cancels.send(List.of("some"), "test", "");
                }
            }
            case "dead-letters" -> {
                try (var letters = new DeadLetterTopic(cluster)) {
                    letters.redriven();
                    letters.read(LetterFilter.ALL, _ -> true);
                }
            }
            case "redrive" -> {
                try (var redrive = new Redrive(cluster)) {
                    redrive.run(new Redrive.Wish(LetterFilter.ALL, Long.MAX_VALUE, true, false), _ -> {});
                }
            }
            case "blobs" -> {
                try (var store = BlobStores.open(scratch.resolve("blobs").toString())) {
                    new BlobCollector(cluster, store, "unifluid-streams")
                            .collect(Instant.now(), Duration.ofHours(1), true);
                }
            }
            case "audit" -> {
                var auditor = new Auditor(cluster, Duration.ZERO, 1);
                auditor.audit();
                auditor.auditVerdicts();
            }
            default -> throw new IllegalArgumentException(user);
        }
    }

    /** One from each topic that a letter can come from. */
    private static void letters() {
        try (var client = TestClient.connect(broker, registry, "admin")) {
            for (var topic : Topics.all()) {
                client.send(
                        Topics.DEAD_LETTERS,
                        "key",
                        new byte[] {1},
                        Map.of(
                                "unifluid.dlq.topic",
                                topic.name(),
                                "unifluid.dlq.partition",
                                "0",
                                "unifluid.dlq.offset",
                                "0",
                                "unifluid.dlq.reason",
                                "because"));
            }
        }
    }

    private static long redriven() {
        var cluster =
                new Cluster(broker.bootstrapServers(), registry.url(), broker.client("dead-letters"), Optional.empty());
        try (var letters = new DeadLetterTopic(cluster)) {
            return letters.redriven().markers().size();
        }
    }

    /** Where the right to create is taken away, there is nothing yet; else there is. */
    private static void forgetRedrives(AclOperation operation) throws Exception {
        try (var admin = broker.admin()) {
            if (operation == AclOperation.CREATE) {
                admin.deleteTopics(List.of(Topics.REDRIVES)).all().get();
            } else if (!admin.listTopics().names().get().contains(Topics.REDRIVES)) {
                broker.createTopic(Topics.REDRIVES, 1, Map.of("cleanup.policy", "compact"));
                command("redrive"); // so that there is something to read
            }
        }
    }
}
