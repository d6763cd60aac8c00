package io.unifluid.local.stack;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Counts of what lies in the topics now. Requests and results are read and counted one by one, by request id;
 * {@code backlog = requests - results}.
 *
 * @param topics by name
 * @param requests different request ids
 * @param results by status
 * @param deadLetters records that could not be decoded
 */
public record StreamCounts(
        Map<String, TopicCount> topics, int requests, Map<String, Integer> results, int deadLetters) {
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** @param entries of all partitions, transaction markers included */
    public record TopicCount(int partitions, long entries) {}

    /** @throws EnvironmentProblem when the broker does not answer */
    public static StreamCounts read(String bootstrapServers, String registryUrl) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("default.api.timeout.ms", "15000");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var deserializer = AvroSerdes.of(registryUrl).deserializer(Topics.RESULTS)) {
            var topics = topics(consumer);
            Set<String> requests = new HashSet<>();
            for (var intake : Topics.INTAKES) {
                readAll(consumer, intake.name(), record -> {
                    try {
                        deserializerProbe(record);
                        requests.add(new String(record.key(), java.nio.charset.StandardCharsets.UTF_8));
                    } catch (SerializationException e) {
                        // not a request but a future dead letter
                    }
                });
            }
            var results = new TreeMap<String, Integer>();
            readAll(
                    consumer,
                    Topics.RESULTS.name(),
                    record -> status(record, deserializer).ifPresent(status -> results.merge(status, 1, Integer::sum)));
            var dead = new int[1];
            readAll(consumer, Topics.DEAD_LETTERS, record -> dead[0]++);
            return new StreamCounts(topics, requests.size(), results, dead[0]);
        } catch (KafkaException e) {
            throw new EnvironmentProblem(
                    "The broker " + bootstrapServers + " does not answer (" + e.getMessage() + ").", e);
        }
    }

    /** Empty for a record that is no result; the audit names those. */
    private static Optional<String> status(
            ConsumerRecord<byte[], byte[]> record, Deserializer<InferenceResult> deserializer) {
        try {
            return Optional.ofNullable(deserializer.deserialize(record.topic(), record.headers(), record.value()))
                    .map(result -> result.getStatus().toString());
        } catch (UndecodableRecordException _) {
            return Optional.empty();
        }
    }

    public int resultCount() {
        return results.values().stream().mapToInt(Integer::intValue).sum();
    }

    public int backlog() {
        return Math.max(0, requests - resultCount());
    }

    private static void deserializerProbe(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null || record.value().length < 5 || record.value()[0] != 0) {
            throw new SerializationException("not in the registry's wire format");
        }
    }

    private static Map<String, TopicCount> topics(KafkaConsumer<byte[], byte[]> consumer) {
        var counts = new TreeMap<String, TopicCount>();
        for (var topic : consumer.listTopics().entrySet()) {
            if (topic.getKey().startsWith("unifluid.")) {
                var partitions = topic.getValue().stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
                var first = consumer.beginningOffsets(partitions);
                var last = consumer.endOffsets(partitions);
                counts.put(
                        topic.getKey(),
                        new TopicCount(
                                partitions.size(),
                                partitions.stream()
                                        .mapToLong(p -> last.get(p) - first.get(p))
                                        .sum()));
            }
        }
        return counts;
    }

    /** Everything between the first and the present last committed record. */
    private static void readAll(
            KafkaConsumer<byte[], byte[]> consumer, String topic, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        var partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        var end = consumer.endOffsets(partitions);
        var last = System.nanoTime();
        while (partitions.stream().anyMatch(p -> consumer.position(p) < end.get(p))) {
            var records = consumer.poll(Duration.ofMillis(200));
            records.forEach(sink);
            if (!records.isEmpty()) {
                last = System.nanoTime();
            } else if (System.nanoTime() - last > QUIET.toNanos()) {
                return; // only markers and aborted records are left
            }
        }
    }
}
