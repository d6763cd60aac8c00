package io.unifluid.testkit;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Every dead letter since it was opened. */
final class DeadLetterCollector implements AutoCloseable {
    private final List<DeadLetter> seen = new CopyOnWriteArrayList<>();
    private final TopicFollower reader;

    DeadLetterCollector(String bootstrapServers, Map<String, String> client) {
        this.reader =
                TestClient.follow(bootstrapServers, client, Topics.DEAD_LETTERS, record -> seen.add(letter(record)));
    }

    List<DeadLetter> seen() {
        return List.copyOf(seen);
    }

    private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
        var headers = new HashMap<String, String>();
        record.headers()
                .forEach(header -> headers.put(
                        header.key(),
                        header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8)));
        return new DeadLetter(record.key(), record.value(), headers);
    }

    @Override
    public void close() {
        reader.close();
    }
}
