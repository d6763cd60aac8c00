package io.unifluid.hostile;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads every committed result and every dead letter from the beginning on, as they come. */
final class Witness implements AutoCloseable {
    /**
     * One visible result.
     *
     * @param atNanos of {@link System#nanoTime()}, when it was seen
     */
    record Seen(Answer answer, long atNanos) {}

    private final Map<String, List<Seen>> results = new HashMap<>();
    private final Map<Origin, Integer> letters = new HashMap<>();
    private final List<String> oddities = new ArrayList<>();
    private final Deserializer<InferenceResult> decoder;
    private final TopicFollower topics;

    /** @param kafka settings of somebody who may read results and dead letters */
    Witness(Map<String, Object> kafka, AvroSerdes serdes) {
        decoder = serdes.deserializer(Topics.RESULTS);
        var settings = new HashMap<>(kafka);
        settings.put("max.partition.fetch.bytes", Integer.toString(16 * 1024 * 1024));
        topics = new TopicFollower(
                settings,
                List.of(Topics.RESULTS.name(), Topics.DEAD_LETTERS),
                TopicFollower.From.BEGINNING,
                this::read);
    }

    synchronized Map<String, List<Seen>> results() {
        var copy = new HashMap<String, List<Seen>>();
        results.forEach((id, seen) -> copy.put(id, List.copyOf(seen)));
        return Map.copyOf(copy);
    }

    synchronized boolean hasResult(String id) {
        return results.containsKey(id);
    }

    synchronized boolean hasLetter(Origin origin) {
        return letters.containsKey(origin);
    }

    /** By where the record lies that became one. */
    synchronized Map<Origin, Integer> letters() {
        return Map.copyOf(letters);
    }

    /** Records among results and letters that are none. */
    synchronized List<String> oddities() {
        return List.copyOf(oddities);
    }

    /** @throws IllegalStateException when reading has failed */
    void requireSound() {
        topics.requireSound();
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(Topics.DEAD_LETTERS)) {
            letter(record);
        } else {
            var result = decoder.deserialize(record.topic(), record.headers(), record.value());
            result(text(record.key()), result.getRequestId(), Answer.of(result));
        }
    }

    private synchronized void result(String key, String id, Answer answer) {
        if (!id.equals(key)) {
            oddities.add("A result of '" + id + "' has the key '" + key + "'.");
        }
        results.computeIfAbsent(id, _ -> new ArrayList<>(1)).add(new Seen(answer, System.nanoTime()));
    }

    private synchronized void letter(ConsumerRecord<byte[], byte[]> record) {
        var headers = record.headers();
        var origin = origin(headers, RecordHeaders.DLQ_TOPIC, RecordHeaders.DLQ_PARTITION, RecordHeaders.DLQ_OFFSET);
        if (origin.isEmpty()
                || last(headers, RecordHeaders.DLQ_REASON)
                        .filter(why -> !why.isBlank())
                        .isEmpty()) {
            oddities.add("The dead letter at " + record.partition() + "/" + record.offset()
                    + " does not say where it comes from and why.");
            return;
        }
        letters.merge(origin.get(), 1, Integer::sum);
    }

    private static Optional<Origin> origin(Headers headers, String topic, String partition, String offset) {
        try {
            return last(headers, topic)
                    .map(name -> new Origin(
                            name,
                            Integer.parseInt(last(headers, partition).orElse("")),
                            Long.parseLong(last(headers, offset).orElse(""))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> last(Headers headers, String name) {
        return Optional.ofNullable(headers.lastHeader(name)).map(header -> text(header.value()));
    }

    private static String text(byte[] utf8) {
        return utf8 == null ? "" : new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        topics.close();
        decoder.close();
    }
}
