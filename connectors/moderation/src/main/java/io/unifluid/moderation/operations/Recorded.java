package io.unifluid.moderation.operations;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads a topic of moderation from its beginning to its present end.
 *
 * @param unreadable records that are none of the topic's; they are passed over
 * @param beginningIsGone whether older ones have been deleted already
 * @param oldest when the first that is still there was written; null for an empty topic
 */
public record Recorded(long records, long unreadable, boolean beginningIsGone, Instant oldest) {
    /** What is told of each record. */
    public interface Reader<V> {
        /** @param value null for a tombstone */
        void read(String key, V value);
    }

    /** @throws EnvironmentProblem when not all of it can be read */
    public static <V extends SpecificRecord> Recorded read(Cluster cluster, Topic<V> topic, Reader<V> reader) {
        return read(cluster, topic, List.of(reader));
    }

    /**
     * Reads with several readers beside each other: each sees every record of its partitions, in their order, on a thread of its
     * own. When this returns, they have seen all.
     *
     * @throws EnvironmentProblem when not all of it can be read
     */
    public static <V extends SpecificRecord> Recorded read(
            Cluster cluster, Topic<V> topic, List<? extends Reader<V>> readers) {
        var desks = new ArrayList<Desk<V>>();
        try (var scan = new TopicScan(cluster)) {
            var extent = scan.extent(topic.name());
            readers.forEach(reader -> desks.add(new Desk<>(cluster, topic, reader)));
            scan.read(
                    extent,
                    record -> desks.get(record.partition() % desks.size()).take(record));
            long records = 0;
            long unreadable = 0;
            Instant oldest = null;
            for (var desk : desks) {
                desk.end();
                records += desk.records;
                unreadable += desk.unreadable;
                oldest = oldest == null || desk.oldest != null && desk.oldest.isBefore(oldest) ? desk.oldest : oldest;
            }
            return new Recorded(records, unreadable, extent.beginningIsGone(), oldest);
        } catch (RegistryUnavailableException e) {
            throw new EnvironmentProblem(e.getMessage(), e);
        } finally {
            desks.forEach(Desk::leave);
        }
    }

    /** Where a reader sits: records come in heaps, and are decoded and shown on a thread of its own. */
    private static final class Desk<V extends SpecificRecord> {
        private static final int HEAP = 500;
        private static final int HEAPS = 16;

        private final String topic;
        private final Deserializer<V> decoder;
        private final Reader<V> reader;
        private final BlockingQueue<List<ConsumerRecord<byte[], byte[]>>> waiting = new ArrayBlockingQueue<>(HEAPS);
        private final Thread thread;
        private List<ConsumerRecord<byte[], byte[]>> heap = new ArrayList<>(HEAP);
        private volatile RuntimeException failure;
        // Written by the thread, and read when it has ended.
        private long records;
        private long unreadable;
        private Instant oldest;

        Desk(Cluster cluster, Topic<V> topic, Reader<V> reader) {
            this.topic = topic.name();
            this.decoder = new AvroSerdes(cluster.registry()).deserializer(topic);
            this.reader = reader;
            this.thread = Thread.ofPlatform().daemon().name("recorded").start(this::work);
        }

        /** @return false when nothing more is wanted, because the reader has failed */
        boolean take(ConsumerRecord<byte[], byte[]> record) {
            heap.add(record);
            if (heap.size() == HEAP) {
                send();
            }
            return failure == null;
        }

        private void send() {
            try {
                waiting.put(heap);
                heap = new ArrayList<>(HEAP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EnvironmentProblem("Interrupted while " + topic + " was read.", e);
            }
        }

        /** Shows the rest, and waits. */
        void end() {
            if (!heap.isEmpty()) {
                send();
            }
            send(); // an empty one is the last
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EnvironmentProblem("Interrupted while " + topic + " was read.", e);
            }
            if (failure != null) {
                throw failure;
            }
        }

        /** Whatever is still there is not looked at. */
        void leave() {
            thread.interrupt();
        }

        private void work() {
            try (decoder) {
                for (var next = waiting.take(); !next.isEmpty(); next = waiting.take()) {
                    if (failure == null) {
                        show(next);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void show(List<ConsumerRecord<byte[], byte[]>> next) {
            try {
                next.forEach(this::show);
            } catch (RuntimeException e) {
                failure = e; // and what comes is taken all the same, so that nobody waits for room
            }
        }

        private void show(ConsumerRecord<byte[], byte[]> record) {
            records++;
            var at = Instant.ofEpochMilli(record.timestamp());
            oldest = oldest == null || at.isBefore(oldest) ? at : oldest;
            V value;
            try {
                value = decoder.deserialize(topic, record.headers(), record.value());
            } catch (UndecodableRecordException e) {
                unreadable++;
                return;
            }
            reader.read(record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8), value);
        }
    }
}
