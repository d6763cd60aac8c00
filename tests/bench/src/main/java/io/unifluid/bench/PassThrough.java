package io.unifluid.bench;

import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The least that an exactly-once stage does: reads requests and writes a result for each, with the same serializers, as many
 * partitions, one thread and the same time between commits. It keeps nothing, runs nothing and promises nothing else.
 */
final class PassThrough implements AutoCloseable {
    private static final int PARTITIONS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Topic<InferenceRequest> IN = new Topic<>("bench.requests", InferenceRequest.class, Map.of());
    private static final Topic<InferenceResult> OUT = new Topic<>("bench.results", InferenceResult.class, Map.of());

    private final Path state;
    private final KafkaStreams streams;
    private final Producer<String, byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;
    private final Serializer<InferenceRequest> requests;
    private final Deserializer<InferenceResult> results;

    PassThrough(FreshStack stack) throws Exception {
        try (var admin = Admin.create(stack.adminSettings())) {
            admin.createTopics(List.of(
                            new NewTopic(IN.name(), PARTITIONS, (short) 1).configs(Topics.REQUESTS.config()),
                            new NewTopic(OUT.name(), PARTITIONS, (short) 1).configs(Topics.RESULTS.config())))
                    .all()
                    .get();
        }
        var avro = stack.avro();
        state = Files.createTempDirectory("pass-through");
        var builder = new StreamsBuilder();
        builder.stream(IN.name(), Consumed.with(Serdes.String(), avro.serde(IN)))
                .mapValues(PassThrough::result)
                .to(OUT.name(), Produced.with(Serdes.String(), avro.serde(OUT)));
        var settings = new Properties();
        settings.putAll(stack.adminSettings());
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "bench-pass-through");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        streams = new KafkaStreams(builder.build(), settings);
        streams.start();
        requests = avro.serializer(IN);
        results = avro.deserializer(OUT);
        var producing = new HashMap<>(stack.adminSettings());
        producing.put("linger.ms", "5");
        producer = new KafkaProducer<>(
                producing, new StringSerializer(), new org.apache.kafka.common.serialization.ByteArraySerializer());
        var consuming = new HashMap<>(stack.adminSettings());
        consuming.put("isolation.level", "read_committed");
        consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var places = List.of(new TopicPartition(OUT.name(), 0), new TopicPartition(OUT.name(), 1));
        consumer.assign(places);
        consumer.seekToEnd(places);
        places.forEach(consumer::position);
    }

    /** Requests a second, from the first one sent to the last visible result; read back and decoded as a client does. */
    double perSecond(PictureRequests made, int count) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            var request = made.next();
            producer.send(
                    new ProducerRecord<>(IN.name(), request.getRequestId(), requests.serialize(IN.name(), request)));
        }
        int seen = 0;
        while (seen < count) {
            for (var record : consumer.poll(Duration.ofSeconds(1))) {
                results.deserialize(OUT.name(), record.headers(), record.value());
                seen++;
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException("The pass-through gave " + seen + " of " + count + " results.");
            }
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static InferenceResult result(InferenceRequest request) {
        return InferenceResult.newBuilder()
                .setRequestId(request.getRequestId())
                .setTenant(request.getTenant())
                .setStatus(ResultStatus.SUCCEEDED)
                .setSubmittedAt(request.getSubmittedAt())
                .setCompletedAt(Instant.now())
                .setLabels(request.getLabels())
                .build();
    }

    @Override
    public void close() throws IOException {
        producer.close();
        consumer.close();
        streams.close(Duration.ofSeconds(10));
        streams.cleanUp();
        Files.deleteIfExists(state);
    }
}
