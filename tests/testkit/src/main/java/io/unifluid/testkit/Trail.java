package io.unifluid.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Where the records lie that name a request, in all topics and in order of time: what there is to see when it has no result. */
final class Trail {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);

    private record Place(TopicPartition partition, long offset, long timestamp) {
        @Override
        public String toString() {
            return partition + "@" + offset + " "
                    + Instant.ofEpochMilli(timestamp).atOffset(ZoneOffset.UTC).toLocalTime();
        }
    }

    private record Seen(List<Place> places, Map<TopicPartition, Long> ends) {}

    /**
     * One sentence; what was rolled back, or is not committed yet, is said to be so, and so is a transaction that is open.
     *
     * @param reader who may read all topics
     */
    static String of(String requestId, String bootstrapServers, Map<String, String> reader) {
        try {
            return read(requestId, bootstrapServers, reader);
        } catch (KafkaException e) {
            return "Where '" + requestId + "' lies cannot be read (" + e.getMessage() + ").";
        }
    }

    private static String read(String requestId, String bootstrapServers, Map<String, String> reader) {
        var all = seen(requestId, bootstrapServers, reader, "read_uncommitted");
        var committed = seen(requestId, bootstrapServers, reader, "read_committed");
        var visible = new HashSet<>(committed.places());
        var places = all.places().stream()
                .sorted(Comparator.comparingLong(Place::timestamp))
                .map(place -> place + (visible.contains(place) ? "" : " (not committed)"))
                .collect(Collectors.joining(", "));
        var open = all.ends().entrySet().stream()
                .filter(end -> committed.ends().getOrDefault(end.getKey(), 0L) < end.getValue())
                .map(end -> end.getKey() + " is readable up to "
                        + committed.ends().get(end.getKey()) + " of " + end.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
        return "'" + requestId + "' lies in " + (places.isEmpty() ? "no topic" : places)
                + (open.isEmpty() ? "." : "; " + open + ".");
    }

    private static Seen seen(String requestId, String bootstrapServers, Map<String, String> reader, String isolation) {
        var settings = new HashMap<String, Object>(reader);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", isolation);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        var bytes = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
            var partitions = consumer.listTopics().values().stream()
                    .flatMap(List::stream)
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .filter(partition -> !partition.topic().startsWith("__"))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            byte[] name = requestId.getBytes(StandardCharsets.UTF_8);
            var places = new ArrayList<Place>();
            long until = System.nanoTime() + LONGEST.toNanos();
            while (System.nanoTime() < until
                    && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(POLL)) {
                    if (names(record, name)) {
                        places.add(new Place(
                                new TopicPartition(record.topic(), record.partition()),
                                record.offset(),
                                record.timestamp()));
                    }
                }
            }
            return new Seen(places, ends);
        }
    }

    /** Texts are UTF-8 in Avro, as in keys; another request's id may go on where this one ends. */
    private static boolean names(ConsumerRecord<byte[], byte[]> record, byte[] name) {
        return names(record.key(), name) || names(record.value(), name);
    }

    private static boolean names(byte[] text, byte[] name) {
        for (int at = 0; text != null && at <= text.length - name.length; at++) {
            int end = at + name.length;
            if (Arrays.equals(text, at, end, name, 0, name.length)
                    && (end == text.length || !Character.isDigit(text[end]))) {
                return true;
            }
        }
        return false;
    }

    private Trail() {}
}
