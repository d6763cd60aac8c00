package io.unifluid.archive.run;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.ResultError;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * In place of topology and workers: every request id is answered once and never again, whatever comes of it later, as the
 * lifecycle does it. Answers may be held back.
 */
final class Answering implements AutoCloseable {
    private final Deserializer<InferenceRequest> requests;
    private final Serializer<InferenceResult> results;
    private final KafkaProducer<byte[], byte[]> producer;
    private final TopicFollower follower;
    private final Set<String> known = new HashSet<>();
    private final Deque<InferenceRequest> held = new ArrayDeque<>();
    private final List<InferenceRequest> came = new ArrayList<>();
    private Predicate<InferenceRequest> fails = _ -> false;
    private Predicate<InferenceRequest> holds = _ -> false;

    Answering(String bootstrapServers, String registryUrl) {
        var serdes = AvroSerdes.of(registryUrl);
        requests = serdes.deserializer(Topics.REQUESTS);
        results = serdes.serializer(Topics.RESULTS);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        follower = new TopicFollower(
                Map.of("bootstrap.servers", bootstrapServers),
                List.of(Topics.REQUESTS.name()),
                TopicFollower.From.BEGINNING,
                this::came);
    }

    /** From now on, requests like these do not succeed. */
    synchronized void fail(Predicate<InferenceRequest> those) {
        fails = those;
    }

    /** From now on, nobody is answered until {@link #release}. */
    void hold() {
        hold(_ -> true);
    }

    /** From now on, requests like these are not answered until {@link #release}. */
    synchronized void hold(Predicate<InferenceRequest> those) {
        holds = those;
    }

    synchronized void release() {
        holds = _ -> false;
        held.forEach(this::answer);
        held.clear();
    }

    /** Every request record, those that came again among them. */
    synchronized List<InferenceRequest> came() {
        return List.copyOf(came);
    }

    private synchronized void came(ConsumerRecord<byte[], byte[]> record) {
        var request = requests.deserialize(record.topic(), record.headers(), record.value());
        came.add(request);
        if (known.add(request.getRequestId())) {
            if (holds.test(request)) {
                held.add(request);
            } else {
                answer(request);
            }
        }
    }

    private void answer(InferenceRequest request) {
        var result = InferenceResult.newBuilder()
                .setRequestId(request.getRequestId())
                .setTenant(request.getTenant())
                .setLabels(request.getLabels())
                .setSubmittedAt(request.getSubmittedAt())
                .setCompletedAt(Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS))
                .setAttempts(1)
                .setModel(new ModelInfo("test", "test", "1", "cpu"));
        if (fails.test(request)) {
            result.setStatus(ResultStatus.FAILED)
                    .setError(new ResultError("BAD_INPUT", "It is not a picture: give one."));
        } else if (request.getTask() instanceof Edit edit) {
            var made = (edit.getInstruction() + " " + request.getImage().getSha256()).getBytes(StandardCharsets.UTF_8);
            result.setStatus(ResultStatus.SUCCEEDED)
                    .setOutput(new ImagesOutput(List.of(new GeneratedImage(
                            ImageRef.newBuilder()
                                    .setBytes(ByteBuffer.wrap(made))
                                    .build(),
                            edit.getSeed(),
                            64,
                            32))));
        } else {
            result.setStatus(ResultStatus.SUCCEEDED)
                    .setOutput(new CaptionOutput(
                            "of " + request.getImage().getSha256().substring(0, 12), -1.5, 3));
        }
        producer.send(new ProducerRecord<>(
                Topics.RESULTS.name(),
                request.getRequestId().getBytes(StandardCharsets.UTF_8),
                results.serialize(Topics.RESULTS.name(), result.build())));
    }

    @Override
    public void close() {
        follower.close();
        producer.close();
    }
}
