package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.ResultError;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.schemas.reading.TopicFollower;
import io.unifluid.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;

/** The other side of a client: sees what it sends, and answers as the test says. */
final class Counterpart implements AutoCloseable {
    private final AvroSerdes serdes;
    private final KafkaProducer<byte[], byte[]> producer;
    private final TopicFollower follower;
    private final Deserializer<InferenceRequest> requestReader;
    private final Deserializer<Control> controlReader;
    private final Map<String, InferenceRequest> requests = new ConcurrentHashMap<>();
    private final Map<String, Control> controls = new ConcurrentHashMap<>();
    private volatile Consumer<InferenceRequest> answering = _ -> {};
    private volatile Consumer<Control> answeringCancels = _ -> {};

    Counterpart(String bootstrapServers, String registryUrl) {
        serdes = AvroSerdes.of(registryUrl);
        requestReader = serdes.deserializer(Topics.REQUESTS);
        controlReader = serdes.deserializer(Topics.CONTROLS);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "2"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        follower = new TopicFollower(
                Map.of("bootstrap.servers", bootstrapServers),
                List.of(Topics.REQUESTS.name(), Topics.REQUESTS_INTERACTIVE.name(), Topics.CONTROLS.name()),
                TopicFollower.From.END,
                this::came);
    }

    /** From now on, what is done with each cancel. */
    void answerCancels(Consumer<Control> answering) {
        this.answeringCancels = answering;
    }

    /** From now on, what is done with each request. */
    void answer(Consumer<InferenceRequest> answering) {
        this.answering = answering;
    }

    private void came(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(Topics.CONTROLS.name())) {
            var control = controlReader.deserialize(record.topic(), record.headers(), record.value());
            controls.put(control.getRequestId(), control);
            answeringCancels.accept(control);
        } else {
            var request = requestReader.deserialize(record.topic(), record.headers(), record.value());
            requests.put(request.getRequestId(), request);
            answering.accept(request);
        }
    }

    InferenceRequest request(String id) {
        Await.until("the request " + id, () -> requests.containsKey(id));
        return requests.get(id);
    }

    Control control(String id) {
        Await.until("the control of " + id, () -> controls.containsKey(id));
        return controls.get(id);
    }

    /** Forgets the requests, so that many can be sent. */
    void forget() {
        requests.clear();
    }

    static InferenceResult.Builder result(String id, ResultStatus status) {
        return InferenceResult.newBuilder()
                .setRequestId(id)
                .setStatus(status)
                .setCompletedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    static InferenceResult captioned(String id, String text) {
        return result(id, ResultStatus.SUCCEEDED)
                .setOutput(CaptionOutput.newBuilder().setText(text).build())
                .build();
    }

    static InferenceResult ended(String id, ResultStatus status, String kind, String message) {
        return result(id, status)
                .setError(ResultError.newBuilder()
                        .setKind(kind)
                        .setMessage(message)
                        .build())
                .build();
    }

    void say(InferenceResult result) {
        say(Topics.RESULTS, Topics.RESULTS.name(), result.getRequestId(), result);
    }

    /** On another topic than that of all results. */
    void say(String topic, InferenceResult result) {
        say(Topics.RESULTS, topic, result.getRequestId(), result);
    }

    void say(String id, RequestState state) {
        say(
                Topics.STATUS,
                Topics.STATUS.name(),
                id,
                RequestStatus.newBuilder()
                        .setRequestId(id)
                        .setState(state)
                        .setUpdatedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                        .build());
    }

    void say(WorkerAnnouncement said) {
        say(Topics.WORKERS, Topics.WORKERS.name(), said.getWorker(), said);
    }

    private <V extends SpecificRecord> void say(Topic<V> topic, String name, String key, V value) {
        try (var serializer = serdes.serializer(topic)) {
            say(name, key, serializer.serialize(name, value));
        }
    }

    void say(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key == null ? null : utf8(key), value));
    }

    /** Returns when the broker has all that was said. */
    void flush() {
        producer.flush();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        follower.close();
        producer.close(Duration.ofSeconds(5));
        requestReader.close();
        controlReader.close();
    }
}
