package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.schemas.AttemptEnded;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.BatchInfo;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.FailureStage;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.Timings;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.DeadLetterHandler;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.KeyText;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.intake.IntakeGate;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.lifecycle.RequestRecord;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.topology.KafkaSettings;
import io.unifluid.streams.topology.UniFluidTopology;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The production topology on a driver whose clock stands still until a test moves it. */
public final class Harness implements AutoCloseable {
    public static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final String[] ALL_TASKS = {"caption", "vqa", "generate", "edit"};
    private static final long AT_HAND_BYTES = 1024 * 1024;
    static final String BULK = "understand-bulk";
    static final String INTERACTIVE = "understand-interactive";
    static final Serializer<byte[]> BYTES = new ByteArraySerializer();

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final RecordLimits limits = RecordLimits.defaults();
    final TopologyTestDriver driver;
    final SentRecords sent = new SentRecords();
    final IntakeRecords intake;
    final IntakeGate gate;
    private final AvroSerdes avro;
    private final Map<String, TestOutputTopic<String, ?>> outputs = new HashMap<>();
    private final Map<String, WorkerAnnouncement> announcements = new HashMap<>();
    private Instant now = START;

    private Harness(StreamsSettings settings, int partitions, long atHandBytes) {
        var metrics = new StreamsMetrics(meters);
        var faults = new Faults(metrics, limits);
        this.avro = new AvroSerdes(settings.registry());
        this.intake = new IntakeRecords(sent, avro.deserializer(Topics.REQUESTS), metrics::readAgain, atHandBytes);
        this.gate = IntakeGate.of(settings);
        Topics.INTAKES.forEach(topic -> intake.learn(topic.name(), true, Optional.of(Duration.ofDays(7))));
        this.driver = new TopologyTestDriver(
                new UniFluidTopology(settings, metrics, faults, partitions, intake, gate).build(),
                KafkaSettings.of(settings, faults),
                START);
        running("1");
    }

    /** Settings by name and value in turn. */
    static Harness with(Path stateDir, String... namesAndValues) {
        return new Harness(settings(stateDir, namesAndValues), 1, AT_HAND_BYTES);
    }

    /** As an app that has just come: no request is at hand in memory, and all are read again from where they were sent. */
    static Harness readingAgain(Path stateDir, String... namesAndValues) {
        return new Harness(settings(stateDir, namesAndValues), 1, 0);
    }

    /** The driver puts every record on partition 0, of so many that the app believes in. */
    static Harness of(int partitions, Path stateDir) {
        return new Harness(settings(stateDir), partitions, AT_HAND_BYTES);
    }

    public static StreamsSettings settings(Path stateDir, String... namesAndValues) {
        var values = new HashMap<String, String>();
        values.put("bootstrap-servers", "localhost:1");
        values.put("registry-url", "mock://" + UUID.randomUUID());
        values.put("state-dir", stateDir.toString());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return StreamsSettings.of(values);
    }

    Instant now() {
        return now;
    }

    Harness advance(Duration by) {
        now = now.plus(by);
        driver.advanceWallClockTime(by);
        announcements.forEach((_, said) -> announce(said));
        return this;
    }

    // ---- what callers and workers send

    /** One worker runs, with this version of the model, and says so whenever time passes, at least once an hour. */
    Harness running(String modelVersion) {
        return announce("worker-1", "reference", modelVersion, Duration.ofHours(1), ALL_TASKS);
    }

    Harness running(String worker, String model, String version) {
        return announce(worker, model, version, Duration.ofSeconds(30), ALL_TASKS);
    }

    Harness announce(String worker, String model, String version, Duration validFor, String... tasks) {
        return announceIn("", worker, model, version, validFor, tasks);
    }

    /** A worker in a share group of its own. */
    Harness announceIn(String group, String worker, String model, String version, Duration validFor, String... tasks) {
        var said = WorkerAnnouncement.newBuilder()
                .setWorker(worker)
                .setModel(new ModelInfo("unifluid", model, version, "cpu"))
                .setTasks(List.of(tasks))
                .setGroup(group)
                .setValidForMillis(validFor.toMillis())
                .build();
        announcements.put(worker, said);
        announce(said);
        return this;
    }

    /** The worker is silent from now on, as if it were killed. */
    Harness silent(String worker) {
        announcements.remove(worker);
        return this;
    }

    /** The worker says that it ends. */
    Harness gone(String worker) {
        pipe(Topics.WORKERS, worker, null, new RecordHeaders());
        return silent(worker);
    }

    private void announce(WorkerAnnouncement said) {
        said.setAt(now);
        pipe(Topics.WORKERS, said.getWorker(), said, new RecordHeaders());
    }

    /** Each id with a picture of its own. */
    static InferenceRequest caption(String id) {
        return caption(id, id);
    }

    /** @param picture the same for requests that compute the same */
    static InferenceRequest caption(String id, String picture) {
        return InferenceRequest.newBuilder()
                .setRequestId(id)
                .setTask(new Caption(0, null))
                .setImage(new ImageRef(
                        ByteBuffer.wrap(picture.getBytes(StandardCharsets.UTF_8)), null, "image/png", null))
                .setPriority(Priority.BULK)
                .setSubmittedAt(START)
                .setLabels(Map.of("archive", "march"))
                .build();
    }

    Harness request(String id) {
        return request(caption(id));
    }

    Harness request(InferenceRequest request) {
        return request(request.getRequestId(), request, new RecordHeaders());
    }

    Harness request(String key, InferenceRequest request, Headers headers) {
        pipe(Topics.intake(request.getPriority()), key, request, headers);
        return this;
    }

    Harness cancel(String id) {
        return cancel(id, "default");
    }

    Harness cancel(String id, String tenant) {
        var control = new Control(id, tenant, ControlKind.CANCEL, "not needed any more", now);
        pipe(Topics.CONTROLS, id, control, new RecordHeaders());
        return this;
    }

    Harness started(String id, int attempt) {
        return outcome(outcome(id, attempt, OutcomeKind.STARTED));
    }

    Harness succeeded(String id, int attempt) {
        return succeeded(id, attempt, "1");
    }

    Harness succeeded(String id, int attempt, String modelVersion) {
        var outcome = outcome(id, attempt, OutcomeKind.SUCCEEDED);
        outcome.getModel().setVersion(modelVersion);
        outcome.setOutput(new CaptionOutput("a red circle", -1.5, 3));
        outcome.setDomain(0.25);
        outcome.setTimings(new Timings(0.0, 0.0, 0.0, 1.0, 2.0, 30.0, 0.0));
        return outcome(outcome);
    }

    Harness failed(String id, int attempt, FailureKind kind, String message) {
        var outcome = outcome(id, attempt, OutcomeKind.FAILED);
        outcome.setFailure(kind);
        outcome.setStage(FailureStage.RUN);
        outcome.setMessage(message);
        return outcome(outcome);
    }

    Harness outcome(Outcome outcome) {
        pipe(Topics.OUTCOMES, outcome.getRequestId(), outcome, new RecordHeaders());
        return this;
    }

    Outcome outcome(String id, int attempt, OutcomeKind kind) {
        return Outcome.newBuilder()
                .setRequestId(id)
                .setAttempt(attempt)
                .setKind(kind)
                .setModel(new ModelInfo("unifluid", "reference", "1", "cpu"))
                .setBatch(new BatchInfo("batch-1", 2, 0.25))
                .setWorker("worker-1")
                .setAt(now)
                .setToken(token(id, attempt))
                .build();
    }

    /**
     * Sends what cannot be decoded. The driver loses what Kafka writes of such a record, so what the handler makes of it is
     * asked for beside it.
     *
     * @return its dead letter
     */
    ProducerRecord<byte[], byte[]> undecodable(Topic<?> topic, byte[] key, byte[] value, Headers headers) {
        double before = count("unifluid.dead.letters", "topic", topic.name());
        bytes(topic, key, value, new RecordHeaders(headers));
        assertThat(count("unifluid.dead.letters", "topic", topic.name()) - before)
                .as("dead letters")
                .isEqualTo(1);

        var record = new ConsumerRecord<>(topic.name(), 0, 0, key, value);
        headers.forEach(record.headers()::add);
        var handler = new DeadLetterHandler();
        handler.configure(Map.of(Faults.CONFIG, new Faults(new StreamsMetrics(new SimpleMeterRegistry()), limits)));
        try {
            new KeyText().deserialize(topic.name(), key);
            DecodedRecord.by(avro.deserializer(topic)).deserialize(topic.name(), record.headers(), value);
        } catch (RuntimeException e) {
            return handler.handleError(null, record, e).deadLetterQueueRecords().getFirst();
        }
        throw new AssertionError("It can be decoded.");
    }

    /** As bytes, which need be nothing of the kind. */
    void bytes(Topic<?> topic, byte[] key, byte[] value) {
        bytes(topic, key, value, new RecordHeaders());
    }

    void bytes(Topic<?> topic, byte[] key, byte[] value, Headers headers) {
        bytes(topic.name(), key, value, headers);
    }

    void bytes(String topic, byte[] key, byte[] value, Headers headers) {
        sent.sent(topic, value);
        driver.createInputTopic(topic, BYTES, BYTES).pipeInput(new TestRecord<>(key, value, headers, now));
    }

    <V extends SpecificRecord> void pipe(Topic<V> topic, String key, V value) {
        pipe(topic, key, value, new RecordHeaders());
    }

    /** What a worker finds with the work. */
    ByteBuffer token(String id, int attempt) {
        var known =
                (RequestRecord) driver.getKeyValueStore(Names.LIFECYCLE_STORE).get(id);
        return Optional.ofNullable(known)
                .flatMap(RequestRecord::secret)
                .map(secret -> secret.token(attempt))
                .orElse(ByteBuffer.allocate(0));
    }

    private <V extends SpecificRecord> void pipe(Topic<V> topic, String key, V value, Headers headers) {
        sent.sent(topic.name(), value == null ? null : encoded(topic, value));
        driver.createInputTopic(topic.name(), new StringSerializer(), avro.serializer(topic))
                .pipeInput(new TestRecord<>(key, value, headers, now));
    }

    // ---- what comes out, since the last look

    List<InferenceResult> results() {
        return values(output(Topics.RESULTS));
    }

    List<TestRecord<String, InferenceResult>> resultRecords() {
        return output(Topics.RESULTS).readRecordsToList();
    }

    List<InferenceResult> replies(String topic) {
        return values(output(new Topic<>(topic, InferenceResult.class, Map.of())));
    }

    List<RequestStatus> statuses() {
        return values(output(Topics.STATUS));
    }

    List<MicroBatch> batches(String lane) {
        return values(output(Topics.work(lane)));
    }

    List<TestRecord<String, byte[]>> deadLetters() {
        return driver.createOutputTopic(Topics.DEAD_LETTERS, new StringDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** The same with their keys as they came. */
    List<TestRecord<byte[], byte[]>> letters() {
        return driver.createOutputTopic(Topics.DEAD_LETTERS, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** What admission told batching by this topic: {@code dispatch}, or {@code ended ID ATTEMPT}. */
    List<String> scheduled(Topic<SpecificRecord> topic) {
        return values(output(topic)).stream()
                .map(record -> record instanceof AttemptEnded ended
                        ? "ended " + ended.getRequestId() + " " + ended.getAttempt()
                                + ended.getOthers().stream()
                                        .map(other -> " with " + other.getRequestId() + " " + other.getAttempt())
                                        .collect(Collectors.joining())
                        : "dispatch")
                .toList();
    }

    byte[] encoded(InferenceRequest request) {
        return encoded(Topics.REQUESTS, request);
    }

    <V extends SpecificRecord> byte[] encoded(Topic<V> topic, V value) {
        return avro.serializer(topic).serialize(topic.name(), value);
    }

    static List<String> ids(MicroBatch batch) {
        return batch.getItems().stream()
                .map(item -> item.getRequest().getRequestId())
                .toList();
    }

    double count(String name, String... tags) {
        var counter = meters.find(name).tags(tags).counter();
        return counter == null ? 0 : counter.count();
    }

    @SuppressWarnings("unchecked")
    private <V extends SpecificRecord> TestOutputTopic<String, V> output(Topic<V> topic) {
        return (TestOutputTopic<String, V>) outputs.computeIfAbsent(
                topic.name(), name -> driver.createOutputTopic(name, new StringDeserializer(), decoder(topic)));
    }

    private <V extends SpecificRecord> org.apache.kafka.common.serialization.Deserializer<V> decoder(Topic<V> topic) {
        return avro.deserializer(topic);
    }

    private static <V> List<V> values(TestOutputTopic<String, V> topic) {
        return topic.readValuesToList();
    }

    @Override
    public void close() {
        driver.close();
    }
}
