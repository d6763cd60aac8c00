package io.unifluid.chaos;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicWriter;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.operations.PolicyTopic;
import io.unifluid.operations.audit.AuditReport;
import io.unifluid.operations.audit.Auditor;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.stack.Component;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.StackLock;
import io.unifluid.stack.StackSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * The command {@code tests/chaos/moderation}: submissions at a steady rate to a local stack whose parts are killed
 * ({@code kill -9}) one after the other, and the auditor's word on whether each has exactly one verdict.
 */
public final class ModerationChaos {
    private static final int PER_SECOND = 50;
    private static final Duration BETWEEN_SENDS = Duration.ofMillis(200);
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(12);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String POLICY = """
            policy: chaos
            onFailure: closed
            questions:
              - name: weapon
                ask: is there a weapon in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.2}]
              - name: alcohol
                ask: is there alcohol in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.2}]
            """;

    private final Path checkout;
    private final int submissions;
    private final Random random;
    private final long seed;
    private final List<Component> killed = new ArrayList<>();
    private volatile boolean sending = true;

    private ModerationChaos(Path checkout, int submissions, long seed) {
        this.checkout = checkout;
        this.submissions = submissions;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** @param arguments the checkout, how many submissions, and the seed */
    public static void main(String[] arguments) throws Exception {
        int submissions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : 1;
        System.exit(new ModerationChaos(Path.of(arguments[0]), submissions, seed).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        var home = Files.createDirectories(checkout.resolve("tests/chaos/target"));
        var data = Files.createTempDirectory(home, "moderation-");
        var environment = new HashMap<>(System.getenv());
        environment.put("UNIFLUID_HOME", data.toString());
        var settings = StackSettings.from(checkout, environment, Optional.of(StackSettings.NOOP))
                .withModeration();
        try (var stack = LocalStack.prepare(settings, line -> System.out.println("stack: " + line))) {
            stack.start();
            var cluster = Cluster.of(settings.bootstrapServers(), settings.registryUrl());
            PolicyTopic.read(cluster).apply(PolicyFile.read("chaos", POLICY, "chaos"), "chaos");
            var killer = Thread.ofPlatform().start(() -> kill(settings));
            var started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            send(cluster);
            sending = false;
            killer.interrupt();
            killer.join();
            var found = settled(cluster);
            var broken = found.broken(true);
            var report = new ModerationReport(
                    started.toString(),
                    seed,
                    found.requests(),
                    found.sentAgain(),
                    kills(),
                    found.results(),
                    found.byStatus(),
                    found.open().count(),
                    found.second().count(),
                    found.orphans().count(),
                    Duration.between(started, Instant.now()).toSeconds(),
                    broken);
            System.out.println(report);
            ModerationReport.table(checkout).add(report);
            broken.forEach(System.out::println);
            return broken.isEmpty();
        }
    }

    private Map<String, Integer> kills() {
        var kills = new TreeMap<String, Integer>();
        killed.forEach(victim -> kills.merge(victim.title(), 1, Integer::sum));
        return kills;
    }

    /** Each part in turn, in an order of chance, again and again; the next one when the last one has served for a while. */
    private void kill(StackSettings settings) {
        var next = new ArrayList<Component>();
        try {
            while (sending) {
                Thread.sleep(BETWEEN_KILLS);
                if (next.isEmpty()) {
                    next.addAll(settings.components());
                    Collections.shuffle(next, random);
                }
                var victim = next.removeLast();
                var pid = pid(settings, victim);
                var process = pid.flatMap(ProcessHandle::of);
                if (process.isPresent()) {
                    process.get().destroyForcibly();
                    killed.add(victim);
                    System.out.println("killed the " + victim.title());
                    while (pid(settings, victim).equals(pid)) {
                        Thread.sleep(LOOK);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As the stack has published it, which it does when a part serves again. */
    private static Optional<Long> pid(StackSettings settings, Component component) {
        return StackLock.running(settings.data())
                .map(stack -> stack.components().get(component));
    }

    /** One in fifty twice; what the broker does not take is sent again, by the same id. */
    private void send(Cluster cluster) throws IOException, InterruptedException {
        byte[] picture = Files.readAllBytes(checkout.resolve("infra/sample-archive/scene-0001.png"));
        int each = PER_SECOND / 5;
        long due = System.nanoTime();
        var next = 0;
        while (next < submissions) {
            try (var writer = new TopicWriter<>(cluster, Topics.SUBMISSIONS)) {
                while (next < submissions) {
                    writer.send(submissions(next, Math.min(submissions, next + each), picture));
                    next += each;
                    due = Math.max(due + BETWEEN_SENDS.toNanos(), System.nanoTime() - BETWEEN_SENDS.toNanos());
                    Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                }
            } catch (EnvironmentProblem e) {
                Thread.sleep(1_000);
            }
        }
    }

    private static List<TopicWriter.Keyed<Submission>> submissions(int from, int to, byte[] picture) {
        var records = new ArrayList<TopicWriter.Keyed<Submission>>();
        for (int i = from; i < to; i++) {
            var submission = submission(i, picture);
            records.add(submission);
            if (i % 50 == 0) {
                records.add(submission);
            }
        }
        return records;
    }

    private static TopicWriter.Keyed<Submission> submission(int number, byte[] picture) {
        var bytes =
                ByteBuffer.allocate(picture.length + Integer.BYTES).put(picture).putInt(number);
        var id = "chaos-" + number;
        return new TopicWriter.Keyed<>(
                id,
                Submission.newBuilder()
                        .setSubmissionId(id)
                        .setTenant("chaos")
                        .setSubjectId("subject " + number)
                        .setImage(ImageRef.newBuilder().setBytes(bytes.flip()).build())
                        .setSubmittedAt(Instant.now())
                        .build());
    }

    /** When nothing is open any more, or nothing else is to be hoped for. */
    private static AuditReport settled(Cluster cluster) throws InterruptedException {
        var until = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                var report =
                        new Auditor(cluster, Duration.ZERO, 10).auditVerdicts().orElseThrow();
                if (report.open().count() == 0 || Instant.now().isAfter(until)) {
                    return report;
                }
            } catch (EnvironmentProblem e) {
                System.out.println("The auditor waits: " + e.getMessage());
            }
            Thread.sleep(3_000);
        }
    }
}
