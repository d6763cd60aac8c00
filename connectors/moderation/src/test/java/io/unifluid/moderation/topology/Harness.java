package io.unifluid.moderation.topology;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.event.Keys;
import io.unifluid.moderation.event.PolicyRecords;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.HashListEntry;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.ResultError;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.Vqa;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.topology.KafkaSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The production topology on a driver whose clock stands still until a test moves it. */
final class Harness implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    static final String WEAPONS = """
            policy: weapons
            onFailure: closed
            questions:
              - name: weapon
                ask: is there a weapon?
                choices: [yes, no]
                bands:
                  - {choice: yes, review: 0.5, block: 0.9, labels: [weapon]}
            """;

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TopologyTestDriver driver;
    private final Topology topology;
    private final AvroSerdes avro = AvroSerdes.of("mock://" + UUID.randomUUID());

    Harness(Path folder, String... more) {
        var values = new HashMap<>(Map.of(
                "bootstrap-servers", "unused:9092",
                "registry-url", avro.config().get("schema.registry.url"),
                "state-dir", folder.toString()));
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        var settings = ModerationContext.settings(values);
        var metrics = new ModerationMetrics(meters);
        var faults = new Faults(metrics, RecordLimits.defaults());
        topology = new ModerationTopology(settings, metrics, faults, new Looks(Optional.empty()), 1).build();
        driver = new TopologyTestDriver(
                topology,
                KafkaSettings.of(
                        settings.bootstrapServers(),
                        settings.applicationId(),
                        settings.stateDir(),
                        settings.threads(),
                        settings.commitInterval(),
                        settings.kafka(),
                        faults),
                START);
    }

    String description() {
        return topology.describe().toString();
    }

    void policy(String yaml, int version) {
        policy(PolicyFile.read("test", yaml, "acme").withVersion(version));
    }

    void policy(Policy policy) {
        send(Topics.POLICIES, Keys.of(policy), PolicyRecords.written(policy, "tester", START));
    }

    void raw(Topic<?> topic, String key, byte[] value) {
        driver.createInputTopic(topic.name(), new StringSerializer(), new ByteArraySerializer())
                .pipeInput(key, value);
    }

    <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
        raw(topic, key, value == null ? null : avro.serializer(topic).serialize(topic.name(), value));
    }

    void list(HashListEntry entry) {
        send(
                Topics.HASHES,
                entry.getTenant() + "/" + entry.getList() + "/"
                        + entry.getKind().name().toLowerCase(Locale.ROOT) + "/" + entry.getHash(),
                entry);
    }

    void submit(String id) {
        submit(submission(id).build());
    }

    void submit(Submission submission) {
        send(Topics.SUBMISSIONS, submission.getSubmissionId(), submission);
    }

    static Submission.Builder submission(String id) {
        return Submission.newBuilder()
                .setSubmissionId(id)
                .setTenant("acme")
                .setSubjectId("subject-of-" + id)
                .setImage(ImageRef.newBuilder()
                        .setBytes(ByteBuffer.wrap(id.getBytes(StandardCharsets.UTF_8)))
                        .build())
                .setSubmittedAt(START);
    }

    void decide(CaseDecision decision) {
        send(Topics.DECISIONS, decision.getSubmissionId(), decision);
    }

    /** The model's answer: to every question its first choice with this score. */
    void answer(InferenceRequest request, double score) {
        var answers = ((Vqa) request.getTask())
                .getQuestions().stream()
                        .map(question -> Answer.newBuilder()
                                .setQuestion(question.getText())
                                .setText(question.getChoices().getFirst())
                                .setScores(question.getChoices().stream()
                                        .map(choice -> new ChoiceScore(
                                                choice,
                                                choice.equals(question.getChoices()
                                                                .getFirst())
                                                        ? score
                                                        : (1 - score)
                                                                / (question.getChoices()
                                                                                .size()
                                                                        - 1)))
                                        .toList())
                                .build())
                        .toList();
        result(ended(request, ResultStatus.SUCCEEDED)
                .setOutput(new VqaOutput(answers))
                .setModel(new ModelInfo("unifluid", "reference", "0.2.0", "cpu"))
                .build());
    }

    void fail(InferenceRequest request, ResultStatus status, String kind) {
        result(ended(request, status)
                .setError(new ResultError(kind, "It could not be done."))
                .build());
    }

    void result(InferenceResult result) {
        send(Topics.RESULTS, result.getRequestId(), result);
    }

    static InferenceResult.Builder ended(InferenceRequest request, ResultStatus status) {
        return InferenceResult.newBuilder()
                .setRequestId(request.getRequestId())
                .setTenant(request.getTenant())
                .setStatus(status)
                .setLabels(request.getLabels());
    }

    List<InferenceRequest> requests() {
        return read(Topics.REQUESTS);
    }

    InferenceRequest request() {
        return requests().getLast();
    }

    List<Verdict> verdicts() {
        return read(Topics.VERDICTS);
    }

    List<Verdict> flagged() {
        return read(Topics.FLAGGED);
    }

    List<Ruling> rulings() {
        return read(Topics.RULINGS);
    }

    /** Reasons of the dead letters since the last call. */
    List<String> deadLetters() {
        return driver
                .createOutputTopic(Topics.DEAD_LETTERS, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()
                .stream()
                .map(letter -> new String(
                        letter.headers().lastHeader("unifluid.dlq.reason").value(), StandardCharsets.UTF_8))
                .toList();
    }

    <V extends SpecificRecord> List<V> read(Topic<V> topic) {
        return driver
                .createOutputTopic(topic.name(), new StringDeserializer(), avro.deserializer(topic))
                .readRecordsToList()
                .stream()
                .map(TestRecord::value)
                .toList();
    }

    void pass(Duration time) {
        driver.advanceWallClockTime(time);
    }

    double count(String name, String... tags) {
        return meters.get(name).tags(tags).counter().count();
    }

    @Override
    public void close() {
        driver.close();
    }
}
