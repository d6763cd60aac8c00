package io.unifluid.bench;

import io.unifluid.client.Awaited;
import io.unifluid.client.Cluster;
import io.unifluid.client.Request;
import io.unifluid.client.TopicScan;
import io.unifluid.client.TopicWriter;
import io.unifluid.client.UniFluidClient;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.moderation.ModerationRunner;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.operations.PolicyTopic;
import io.unifluid.moderation.operations.Recorded;
import io.unifluid.moderation.operations.Replay;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.pdq.Pdq;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.Vqa;
import io.unifluid.schemas.VqaOutput;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Verdicts against the whole path that they are made of, the reference model behind both; replay; PDQ. */
final class ModerationBench {
    private static final int REPEATS = 6;
    private static final int WARM_UP = 300;
    private static final int STORED = 100_000;
    private static final int PER_SEND = 5_000;
    private static final String TENANT = "bench";
    private static final List<String> ASKED = List.of(
            "is there a weapon in the image?",
            "is there alcohol in the image?",
            "are there drugs or tobacco in the image?",
            "is there food in the image?",
            "is there an animal in the image?");

    private final SamplePictures pictures;
    private final Cluster cluster;
    private final UniFluidClient client;
    private final String run = Long.toString(System.nanoTime(), 36);
    private int made;

    private ModerationBench(SamplePictures pictures, Cluster cluster, UniFluidClient client) {
        this.pictures = pictures;
        this.cluster = cluster;
        this.client = client;
    }

    /**
     * @param path answers to five questions a second, without moderation
     * @param verdicts by a policy of the same five questions, a second
     * @param one answers to one question a second
     */
    record Round(double path, double verdicts, double one) {}

    /**
     * @param rounds one after the other, in each its three parts
     * @param thresholdSeconds from when a changed policy is applied until the first verdict by it, the most of six
     * @param scanned stored verdicts read a second, their bytes alone
     * @param read read and decoded
     * @param replayed read, decoded and judged by two sets of policies
     */
    record Measured(List<Round> rounds, double thresholdSeconds, double scanned, double read, double replayed) {}

    /** @param submissions of each part of a round: by so many, what waits between the steps of the way counts little */
    static Measured measure(Path checkout, SamplePictures pictures, int submissions, int rounds) throws Exception {
        var state = Files.createTempDirectory("moderation-state");
        try (var stack = FreshStack.start(checkout, "moderation", Optional.empty())) {
            var bootstrap = stack.adminSettings().get("bootstrap.servers").toString();
            var cluster = Cluster.of(bootstrap, stack.registryUrl());
            PolicyTopic.read(cluster).apply(policy(0.9), "bench");
            try (var app = new ModerationRunner(ModerationContext.settings(Map.of(
                            "bootstrap-servers", bootstrap,
                            "registry-url", stack.registryUrl(),
                            "state-dir", state.toString())));
                    var client = stack.client()) {
                app.start();
                app.awaitReady(Duration.ofMinutes(2));
                return new ModerationBench(pictures, cluster, client).all(submissions, rounds);
            }
        }
    }

    private Measured all(int submissions, int rounds) throws Exception {
        PathBench.warmUp(() -> {
            answers(WARM_UP, ASKED.size());
            verdicts(WARM_UP);
            answers(WARM_UP, 1);
        });
        var measured = new ArrayList<Round>();
        for (int i = 0; i < rounds; i++) {
            measured.add(new Round(answers(submissions, ASKED.size()), verdicts(submissions), answers(submissions, 1)));
            System.out.println(measured.getLast());
        }
        double threshold = 0;
        for (int i = 0; i < REPEATS; i++) {
            threshold = Math.max(threshold, thresholdSeconds(0.3 + 0.1 * i));
        }
        store();
        double scanned = rate(this::scan);
        double read =
                rate(() -> Recorded.read(cluster, Topics.VERDICTS, (_, _) -> {}).records());
        var book = PolicyTopic.read(cluster);
        var inForce = book.book().inForce(TENANT);
        var others = book.with(policy(0.05));
        double replayed = rate(() -> replay(inForce, others));
        return new Measured(measured, threshold, scanned, read, replayed);
    }

    private double answers(int count, int questions) throws Exception {
        var pending = new ArrayList<CompletableFuture<InferenceResult>>();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            var request = InferenceRequest.newBuilder()
                    .setRequestId("path-" + run + "-" + made)
                    .setTenant(TENANT)
                    .setTask(new Vqa(ASKED.subList(0, questions).stream()
                            .map(text -> new Question(text, List.of("yes", "no")))
                            .toList()))
                    .setImage(next())
                    .setPriority(Priority.BULK)
                    .setSubmittedAt(Instant.now())
                    .build();
            pending.add(client.submit(Request.of(request, VqaOutput.class)).result());
        }
        for (var each : pending) {
            var result = each.get(15, TimeUnit.MINUTES);
            if (result.getStatus() != ResultStatus.SUCCEEDED) {
                throw new IllegalStateException("A request did not succeed: " + result.getError());
            }
        }
        return count / seconds(start);
    }

    private double verdicts(int count) {
        try (var verdicts = new Awaited<>(cluster, Topics.VERDICTS, Verdict::getSubmissionId);
                var writer = new TopicWriter<>(cluster, Topics.SUBMISSIONS)) {
            var pending = new ArrayList<CompletableFuture<Verdict>>();
            var records = new ArrayList<TopicWriter.Keyed<Submission>>();
            for (int i = 0; i < count; i++) {
                var submission = submission(Priority.BULK);
                pending.add(verdicts.of(submission.getSubmissionId()));
                records.add(new TopicWriter.Keyed<>(submission.getSubmissionId(), submission));
            }
            long start = System.nanoTime();
            writer.send(records);
            for (var each : pending) {
                var verdict = verdicts.of(each, Duration.ofMinutes(15)).orElseThrow();
                if (verdict.getAnswers().size() != ASKED.size()) {
                    throw new IllegalStateException("A verdict has no answers: " + verdict.getReasons());
                }
            }
            return count / seconds(start);
        }
    }

    /** One at a time, so that none waits for another. */
    private double thresholdSeconds(double block) {
        var topic = PolicyTopic.read(cluster);
        try (var verdicts = new Awaited<>(cluster, Topics.VERDICTS, Verdict::getSubmissionId);
                var writer = new TopicWriter<>(cluster, Topics.SUBMISSIONS)) {
            long start = System.nanoTime();
            int version = ((PolicyTopic.Applied.Written) topic.apply(policy(block), "bench"))
                    .policy()
                    .version();
            while (true) {
                var submission = submission(Priority.INTERACTIVE);
                var pending = verdicts.of(submission.getSubmissionId());
                writer.send(submission.getSubmissionId(), submission);
                var verdict = verdicts.of(pending, Duration.ofMinutes(1)).orElseThrow();
                if (verdict.getPolicies().getFirst().getVersion() == version) {
                    return seconds(start);
                }
            }
        }
    }

    /** As many as wanted, like one that is there. */
    private void store() {
        var one = new Verdict[1];
        Recorded.read(cluster, Topics.VERDICTS, (_, verdict) -> one[0] = verdict);
        try (var writer = new TopicWriter<>(cluster, Topics.VERDICTS)) {
            for (int sent = 0; sent < STORED; sent += PER_SEND) {
                int from = sent;
                writer.send(IntStream.range(from, from + PER_SEND)
                        .mapToObj(i -> new TopicWriter.Keyed<>(
                                "stored-" + i,
                                Verdict.newBuilder(one[0])
                                        .setSubmissionId("stored-" + i)
                                        .build()))
                        .toList());
            }
        }
    }

    private long scan() {
        var count = new long[1];
        try (var scan = new TopicScan(cluster)) {
            scan.read(Topics.VERDICTS.name(), _ -> ++count[0] > 0);
        }
        return count[0];
    }

    private long replay(List<Policy> inForce, List<Policy> others) {
        var replay = new Replay(TENANT, inForce, others, Instant.EPOCH, 10);
        long records = replay.addAll(cluster).records();
        if (replay.judged() < STORED) {
            throw new IllegalStateException("Only " + replay.judged() + " were judged.");
        }
        return records;
    }

    /** The best of some, after one for the compiler. */
    private static double rate(LongSupplier work) {
        work.getAsLong();
        double best = 0;
        for (int i = 0; i < REPEATS; i++) {
            long start = System.nanoTime();
            best = Math.max(best, work.getAsLong() / seconds(start));
        }
        return best;
    }

    private Submission submission(Priority priority) {
        return Submission.newBuilder()
                .setSubmissionId("bench-" + run + "-" + made)
                .setTenant(TENANT)
                .setSubjectId("subject")
                .setImage(next())
                .setPriority(priority)
                .setSubmittedAt(Instant.now())
                .build();
    }

    /** Of the sample archive, each time with other bytes behind its end, so that no answer is used twice. */
    private ImageRef next() {
        var picture = pictures.encoded().get(made % pictures.encoded().size());
        var bytes =
                ByteBuffer.allocate(picture.length + Integer.BYTES).put(picture).putInt(made++);
        return ImageRef.newBuilder().setBytes(bytes.flip()).build();
    }

    private static Policy policy(double block) {
        var questions = IntStream.range(0, ASKED.size())
                .mapToObj(i -> "  - {name: q" + i + ", ask: '" + ASKED.get(i)
                        + "', choices: [yes, no], bands: [{choice: yes, review: 0.02, block: " + block + "}]}")
                .collect(Collectors.joining("\n"));
        return PolicyFile.read("bench", "policy: bench\nquestions:\n" + questions, TENANT);
    }

    /**
     * Milliseconds for one picture.
     *
     * @param decode to the size that is hashed
     */
    record Hashing(double decode, double hash) {}

    /** By name of the picture; medians, one thread. */
    static Map<String, Hashing> hashing(SamplePictures samples) throws Exception {
        var pictures = new LinkedHashMap<String, byte[]>();
        pictures.put("sample archive, 64 px", samples.encoded().getFirst());
        pictures.put("JPEG 640x480", drawn(640, 480, "jpg"));
        pictures.put("JPEG 2000x1500", drawn(2000, 1500, "jpg"));
        pictures.put("PNG 1024x768", drawn(1024, 768, "png"));
        var measured = new LinkedHashMap<String, Hashing>();
        float byteStep = 1 / 255f;
        var spec = new ImageSpec(256, 256, List.of(0f, 0f, 0f), List.of(byteStep, byteStep, byteStep));
        try (var decoder = new ImageDecoder(spec, DecodeLimits.defaults())) {
            for (var picture : pictures.entrySet()) {
                var decode = new ArrayList<Double>();
                var hash = new ArrayList<Double>();
                for (int i = 0; i < 300; i++) {
                    long start = System.nanoTime();
                    var values = decoder.decode(picture.getValue()).values();
                    decode.add(seconds(start) * 1e3);
                    start = System.nanoTime();
                    var luma = new float[256 * 256];
                    for (int at = 0; at < luma.length; at++) {
                        luma[at] = 0.299f * values[at]
                                + 0.587f * values[luma.length + at]
                                + 0.114f * values[2 * luma.length + at];
                    }
                    Pdq.of(luma, 256, 256);
                    hash.add(seconds(start) * 1e3);
                }
                measured.put(picture.getKey(), new Hashing(median(decode), median(hash)));
            }
        }
        return measured;
    }

    private static byte[] drawn(int width, int height, String format) throws IOException {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (x * 255 / width) << 16 | ((x / 9 ^ y / 7) & 255) << 8 | y * 255 / height);
            }
        }
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }

    private static double median(List<Double> of) {
        var warm = of.subList(of.size() / 2, of.size()).stream().sorted().toList();
        return warm.get(warm.size() / 2);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
