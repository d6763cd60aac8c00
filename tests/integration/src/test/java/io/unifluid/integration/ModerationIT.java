package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.client.Awaited;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicWriter;
import io.unifluid.moderation.ModerationRunner;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.operations.PolicyTopic;
import io.unifluid.moderation.operations.Recorded;
import io.unifluid.moderation.operations.Replay;
import io.unifluid.moderation.operations.ReviewQueue;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.operations.audit.Auditor;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.DecisionKind;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.stack.AppInstance;
import io.unifluid.stack.Component;
import io.unifluid.stack.ProcessLauncher;
import io.unifluid.stack.StackSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalCommand;
import io.unifluid.testkit.SampleArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A picture's way from submission over flag, review, appeal and reversal, on the whole path with the shipped model. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ModerationIT {
    private static final String TENANT = "acme";
    private static final String WEAPONS = """
            policy: weapons
            onFailure: closed
            questions:
              - name: weapon
                ask: is there a weapon in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.01, labels: [weapon]}]
              - name: alcohol
                ask: is there alcohol in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.5, labels: [alcohol]}]
            """;
    /** A pistol, and nothing else. */
    private static final String PISTOL = "scene-0004.png";
    /** A crown, a loaf of bread and a fox. */
    private static final String HARMLESS = "scene-0001.png";

    @TempDir
    static Path scratch;

    private static WholePath path;
    private static Cluster cluster;
    private static ModerationRunner app;
    private static double weaponInThePistol;

    @BeforeAll
    static void start() throws Exception {
        path = WholePath.start(scratch);
        cluster = path.cluster();
        apply(WEAPONS);
        app = startApp();
    }

    @AfterAll
    static void stop() {
        app.close();
        path.close();
    }

    @Test
    @Order(1)
    void aPictureIsFlaggedReviewedAppealedAndTheReviewReversed() {
        var verdict = submit("pistol", PISTOL);
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.REVIEW);
        assertThat(verdict.getLabels()).containsExactly("weapon");
        assertThat(verdict.getAnswers()).as("one request asked both").hasSize(2);
        weaponInThePistol =
                verdict.getAnswers().getFirst().getScores().getFirst().getScore();
        assertThat(verdict.getModel().getName()).isEqualTo("unifluid-reference");
        assertThat(submit("harmless", HARMLESS).getDecision()).isEqualTo(ModerationDecision.ALLOW);
        assertThat(ReviewQueue.open(cluster, TENANT))
                .extracting(item -> item.verdict().getSubmissionId())
                .containsExactly("pistol");

        var blocked = decide(decision("d1", DecisionKind.REVIEW).setDecision(ModerationDecision.BLOCK));
        assertThat(blocked.getDecision()).isEqualTo(ModerationDecision.BLOCK);
        assertThat(ReviewQueue.open(cluster, TENANT)).isEmpty();

        assertThat(decide(decision("d2", DecisionKind.APPEAL)).getOpen()).isTrue();
        assertThat(ReviewQueue.open(cluster, TENANT)).hasSize(1);

        var reversed = decide(decision("d3", DecisionKind.REVERSE).setAbout("d1"));
        assertThat(reversed.getDecision()).isEqualTo(ModerationDecision.REVIEW);
        assertThat(decide(decision("d4", DecisionKind.REVIEW)
                                .setDecision(ModerationDecision.ALLOW)
                                .setSeen(3))
                        .getDecision())
                .isEqualTo(ModerationDecision.ALLOW);
        assertThat(decide(decision("d5", DecisionKind.REVIEW)
                                .setDecision(ModerationDecision.BLOCK)
                                .setSeen(3))
                        .getRefusal())
                .as("two reviewers at once")
                .isEqualTo("CONFLICT");
        var history = ReviewQueue.all(cluster, found -> found.getSubjectId().equals("subject of pistol"));
        assertThat(history.getFirst().rulings()).hasSize(5);
        assertThat(history.getFirst().standing().inForce()).isEqualTo(Decision.ALLOW);
    }

    @Test
    @Order(2)
    void aThresholdIsTriedOnStoredScoresAndThenHolds() {
        var stricter = PolicyFile.read(
                "test", WEAPONS.replace("review: 0.01", "review: 0.01, block: " + 0.9 * weaponInThePistol), TENANT);
        var topic = PolicyTopic.read(cluster);
        var replay = new Replay(TENANT, topic.book().inForce(TENANT), topic.with(stricter), Instant.EPOCH, 10);
        replay.addAll(cluster);
        assertThat(replay.judged()).isEqualTo(2);
        assertThat(replay.count(Decision.REVIEW, Decision.BLOCK)).isEqualTo(1);
        assertThat(replay.count(Decision.ALLOW, Decision.ALLOW)).isEqualTo(1);
        assertThat(replay.examples()).extracting(Replay.Example::submissionId).containsExactly("pistol");

        var before = policiesRead();
        assertThat(apply(stricter)).isEqualTo(2);
        Await.until("the app knows the policy", () -> policiesRead() > before);

        var verdict = submit("pistol again", PISTOL);
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.BLOCK);
        assertThat(verdict.getPolicies().getFirst().getVersion()).isEqualTo(2);
    }

    @Test
    @Order(3)
    void whatWasSentTwiceOrBrokenHasOneVerdictEachAlsoAfterAnotherStart() throws Exception {
        assertThat(submit("damaged", new byte[] {1, 2, 3}).getErrorKind()).isEqualTo("BAD_INPUT");
        app.close();
        send("pistol", bytes(PISTOL));
        send("waiting", bytes(PISTOL));
        try (var verdicts = new Awaited<>(cluster, Topics.VERDICTS, Verdict::getSubmissionId)) {
            var awaited = verdicts.of("waiting");
            app = startApp();
            assertThat(verdicts.of(awaited, Await.PATIENCE)).isPresent();
        }

        var report =
                new Auditor(cluster, Duration.ofSeconds(60), 10).auditVerdicts().orElseThrow();
        assertThat(report.broken(true)).isEmpty();
        assertThat(report.requests()).isEqualTo(5);
        assertThat(report.sentAgain()).isEqualTo(1);
        assertThat(report.results()).isEqualTo(5);
    }

    /** With the class path and the arguments that {@code ./unifluid up --moderation} gives it, and stopped as it stops it. */
    @Test
    @Order(4)
    void asAProcessOfItsOwnItJudgesEndsWhenAskedAndGoesOnWhereItWas() throws Exception {
        app.close();
        Assumptions.assumeTrue(LocalCommand.isBuilt(), "The command, whose class path this takes, is not built.");
        var parts = ProcessLauncher.of(
                StackSettings.from(
                        SampleArchive.folder().getParent().getParent(),
                        Map.of("UNIFLUID_HOME", scratch.resolve("process").toString()),
                        Optional.of(StackSettings.NOOP)),
                scratch.resolve("cache"));
        var log = Files.createDirectories(scratch.resolve("process")).resolve("moderation.log");
        var instance = new AppInstance(
                Component.MODERATION,
                Component.MODERATION.id(),
                path.broker.bootstrapServers(),
                path.registry.url(),
                StackSettings.NOOP,
                path.blobs,
                scratch.resolve("process-state"),
                FreePorts.take(1)[0],
                log,
                Map.of());

        for (int start = 1; start <= 2; start++) {
            var process = parts.app(instance);
            try {
                parts.awaitApp(process, instance);
                assertThat(submit("process " + start, PISTOL).getDecision()).isEqualTo(ModerationDecision.BLOCK);
                // What was judged before this start is known to it, though its folder of stores was empty.
                send("pistol", bytes(PISTOL));
            } finally {
                process.stop(Await.PATIENCE);
            }
            assertThat(Files.readString(log).split("moderation ready", -1)).hasSize(start + 1);
            assertThat(Files.readString(log)).doesNotContain(" ERROR ", "did not stop within");
            assertThat(membersLeft()).as("it left its group").isFalse();
        }

        var report =
                new Auditor(cluster, Duration.ofSeconds(60), 10).auditVerdicts().orElseThrow();
        assertThat(report.broken(true)).isEmpty();
        assertThat(report.requests()).isEqualTo(7);
        assertThat(report.results()).isEqualTo(7);
    }

    @Test
    @Order(5)
    void aReplayOverVerdictsThatAreGoneSaysSo() throws Exception {
        var topic = PolicyTopic.read(cluster);
        var inForce = topic.book().inForce(TENANT);
        var whole = new Replay(TENANT, inForce, inForce, Instant.EPOCH, 10);
        assertThat(whole.addAll(cluster).beginningIsGone()).isFalse();
        assertThatThrownBy(() -> Recorded.read(cluster, Topics.VERDICTS, (_, _) -> {
                    throw new IllegalStateException("what a reader throws");
                }))
                .hasMessage("what a reader throws");

        try (var admin = admin()) {
            admin.deleteRecords(IntStream.range(0, LocalBroker.PARTITIONS)
                            .boxed()
                            .collect(Collectors.toMap(
                                    partition -> new TopicPartition(Topics.VERDICTS.name(), partition),
                                    _ -> RecordsToDelete.beforeOffset(-1))))
                    .all()
                    .get();
        }
        var rest = new Replay(TENANT, inForce, inForce, Instant.EPOCH, 10);
        assertThat(rest.addAll(cluster).beginningIsGone()).isTrue();
        assertThat(whole.judged()).isPositive();
        assertThat(rest.judged()).isZero();
        assertThat(ReviewQueue.all(cluster, found -> found.getSubjectId().equals("nobody's")))
                .isEmpty();
    }

    private static Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, path.broker.bootstrapServers()));
    }

    /** A process that was not heard to leave stays a member until its session ends. */
    private static boolean membersLeft() throws Exception {
        try (var admin = admin()) {
            return admin.listGroups().all().get().stream()
                    .filter(group -> group.groupId().equals("unifluid-moderation"))
                    .anyMatch(group -> group.groupState().orElseThrow() != GroupState.EMPTY);
        }
    }

    private static ModerationRunner startApp() throws Exception {
        var runner = new ModerationRunner(ModerationContext.settings(Map.of(
                "bootstrap-servers", path.broker.bootstrapServers(),
                "registry-url", path.registry.url(),
                "state-dir", scratch.resolve("moderation").toString())));
        runner.start();
        assertThat(runner.awaitReady(Await.PATIENCE)).isTrue();
        return runner;
    }

    private static double policiesRead() {
        return app.meters().find("unifluid.moderation.policies").gauge().value();
    }

    private static void apply(String yaml) {
        apply(PolicyFile.read("test", yaml, TENANT));
    }

    private static int apply(Policy policy) {
        return ((PolicyTopic.Applied.Written) PolicyTopic.read(cluster).apply(policy, "tester"))
                .policy()
                .version();
    }

    private static Verdict submit(String id, String file) {
        return submit(id, bytes(file));
    }

    private static Verdict submit(String id, byte[] picture) {
        try (var verdicts = new Awaited<>(cluster, Topics.VERDICTS, Verdict::getSubmissionId)) {
            var awaited = verdicts.of(id);
            send(id, picture);
            return verdicts.of(awaited, Await.PATIENCE).orElseThrow();
        }
    }

    private static void send(String id, byte[] picture) {
        try (var writer = new TopicWriter<>(cluster, Topics.SUBMISSIONS)) {
            writer.send(
                    id,
                    Submission.newBuilder()
                            .setSubmissionId(id)
                            .setTenant(TENANT)
                            .setSubjectId("subject of " + id)
                            .setImage(ImageRef.newBuilder()
                                    .setBytes(ByteBuffer.wrap(picture))
                                    .build())
                            .setPriority(Priority.INTERACTIVE)
                            .setSubmittedAt(Instant.now())
                            .build());
        }
    }

    private static byte[] bytes(String file) {
        try {
            return Files.readAllBytes(SampleArchive.folder().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CaseDecision.Builder decision(String id, DecisionKind kind) {
        return CaseDecision.newBuilder()
                .setDecisionId(id)
                .setSubmissionId("pistol")
                .setTenant(TENANT)
                .setKind(kind)
                .setBy("alice")
                .setReason("as the guide says")
                .setDecidedAt(Instant.now());
    }

    private static Ruling decide(CaseDecision.Builder decision) {
        var sent = decision.build();
        try (var rulings = new Awaited<>(cluster, Topics.RULINGS, Ruling::getDecisionId);
                var writer = new TopicWriter<>(cluster, Topics.DECISIONS)) {
            var awaited = rulings.of(sent.getDecisionId());
            writer.send(sent.getSubmissionId(), sent);
            return rulings.of(awaited, Await.PATIENCE).orElseThrow();
        }
    }
}
