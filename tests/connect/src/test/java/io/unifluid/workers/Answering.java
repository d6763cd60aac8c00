package io.unifluid.workers;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.ResultError;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Timings;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** In place of topology and workers: a result for every request, each tenth of which did not succeed. */
final class Answering implements AutoCloseable {
    private final Deserializer<InferenceRequest> requests;
    private final Serializer<InferenceResult> results;
    private final KafkaProducer<byte[], byte[]> producer;
    private final TopicFollower follower;
    private final Map<String, InferenceResult> answered = new ConcurrentHashMap<>();

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

    Map<String, InferenceResult> answered() {
        return Map.copyOf(answered);
    }

    private void came(ConsumerRecord<byte[], byte[]> record) {
        var request = requests.deserialize(record.topic(), record.headers(), record.value());
        if (answered.containsKey(request.getRequestId())) {
            return;
        }
        var result = InferenceResult.newBuilder()
                .setRequestId(request.getRequestId())
                .setTenant(request.getTenant())
                .setLabels(request.getLabels())
                .setSubmittedAt(request.getSubmittedAt())
                .setCompletedAt(Instant.ofEpochMilli(1_750_000_000_123L))
                .setAttempts(1)
                .setTimings(new Timings(1.0, 2.0, 3.0, 4.0, 5.0, 6.5, 7.0))
                .setModel(new ModelInfo("test", "model", "1", "cpu"));
        if (answered.size() % 10 == 9) {
            result.setStatus(ResultStatus.FAILED)
                    .setError(new ResultError("BAD_INPUT", "It's no picture; give \"one\"."));
        } else {
            result.setStatus(ResultStatus.SUCCEEDED)
                    .setOutput(new CaptionOutput("it's \u00fcber | picture " + answered.size(), -1.5, 3));
        }
        var whole = result.build();
        answered.put(whole.getRequestId(), whole);
        producer.send(new ProducerRecord<>(
                Topics.RESULTS.name(),
                whole.getRequestId().getBytes(StandardCharsets.UTF_8),
                results.serialize(Topics.RESULTS.name(), whole)));
    }

    @Override
    public void close() {
        follower.close();
        producer.close();
    }
}
