package io.unifluid.hostile;

import io.unifluid.hostile.attack.Fate;
import io.unifluid.hostile.attack.Shot;
import io.unifluid.testkit.BatchSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends hostile records at a bounded rate, and says where each landed. Not thread-safe. */
final class Sender implements AutoCloseable {
    /**
     * A record that was sent.
     *
     * @param at where it lies; empty when the broker, or the client itself, did not take it
     */
    record Landed(String kind, Optional<String> id, Fate fate, Optional<Origin> at) {}

    private static final int LARGEST = 128 * 1024 * 1024;
    private static final int AT_ONCE = 50;

    private final Map<String, Object> kafka;
    private final double rate;
    private final BatchSender batches;
    private final Map<CompressionType, Producer<byte[], byte[]>> producers = new EnumMap<>(CompressionType.class);

    /** @param rate records a second at the most */
    Sender(Map<String, Object> kafka, double rate) {
        this.kafka = Map.copyOf(kafka);
        this.rate = rate;
        this.batches = new BatchSender(kafka);
    }

    List<Landed> sendAll(List<Shot> shots) throws InterruptedException {
        var landed = new ArrayList<Landed>(shots.size());
        long begin = System.nanoTime();
        for (int from = 0; from < shots.size(); from += AT_ONCE) {
            var some = shots.subList(from, Math.min(shots.size(), from + AT_ONCE));
            var futures = new ArrayList<Future<RecordMetadata>>();
            for (var shot : some) {
                futures.add(send(shot));
            }
            for (int i = 0; i < some.size(); i++) {
                var shot = some.get(i);
                landed.add(new Landed(shot.kind(), shot.id(), shot.fate(), place(futures.get(i))));
            }
            long due = begin + (long) (landed.size() * 1e9 / rate);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
        return landed;
    }

    private Future<RecordMetadata> send(Shot shot) {
        if (shot.batch().isPresent()) {
            return sendBatch(shot);
        }
        return producers
                .computeIfAbsent(shot.codec(), this::producer)
                .send(new ProducerRecord<>(
                        shot.topic(),
                        shot.partition().orElse(null),
                        shot.timestamp().orElse(null),
                        shot.key(),
                        shot.value(),
                        shot.headers()));
    }

    private Future<RecordMetadata> sendBatch(Shot shot) {
        var place = new TopicPartition(shot.topic(), shot.partition().orElseThrow());
        try {
            long offset = batches.send(place, shot.batch().orElseThrow().get());
            return CompletableFuture.completedFuture(new RecordMetadata(place, offset, 0, 0, 0, 0));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Producer<byte[], byte[]> producer(CompressionType codec) {
        var settings = new HashMap<>(kafka);
        settings.put("compression.type", codec.name);
        settings.put("max.request.size", LARGEST);
        settings.put("buffer.memory", (long) LARGEST);
        // Each in a batch of its own: a batch is taken or refused as a whole.
        settings.put("batch.size", 0);
        settings.put("delivery.timeout.ms", 120_000);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Optional<Origin> place(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            var at = sent.get();
            return Optional.of(new Origin(at.topic(), at.partition(), at.offset()));
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        producers.values().forEach(producer -> producer.close(Duration.ofSeconds(5)));
        batches.close();
    }
}
