package io.unifluid.gateway.topic;

import io.unifluid.client.Cluster;
import io.unifluid.schemas.reading.BoundedConsumer;
import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A thread that reads topics as one of the group of all gateways, until it is closed: when one of them is gone, the others
 * have its share within seconds, and what stays where it is goes on meanwhile.
 */
public final class GroupReading implements AutoCloseable {
    /** After a turn that failed. */
    public static final Duration AGAIN = Duration.ofSeconds(5);

    private final BoundedConsumer<byte[], byte[]> consumer;
    private Thread thread;
    private volatile boolean closed;

    /** What is done on the thread, which is the only one that may touch the consumer. */
    public interface Work {
        /** Again and again; polls. */
        void turn();

        /** A turn failed; the next one follows after {@link #AGAIN}. */
        void failed(RuntimeException problem);

        /** No further turn follows; the consumer still stands. */
        default void ended() {}
    }

    /** @param reset where a group begins that has read nothing yet: {@code earliest} or {@code latest} */
    public GroupReading(Cluster cluster, String group, String reset) {
        var settings = cluster.consumer();
        settings.put("group.id", group);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", reset);
        settings.put("isolation.level", "read_committed");
        settings.put("session.timeout.ms", "10000");
        settings.put("heartbeat.interval.ms", "2000");
        settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        settings.put("allow.auto.create.topics", "false");
        this.consumer = new BoundedConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public BoundedConsumer<byte[], byte[]> consumer() {
        return consumer;
    }

    /** Once. */
    public void start(String name, Collection<String> topics, ConsumerRebalanceListener shares, Work work) {
        thread = Thread.ofPlatform().name(name).daemon().start(() -> {
            consumer.subscribe(topics, shares);
            while (!closed) {
                try {
                    work.turn();
                } catch (WakeupException _) {
                    // closed
                } catch (RuntimeException e) {
                    work.failed(e);
                    pause();
                }
            }
            work.ended();
            consumer.close();
        });
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it ends, or has. */
    public boolean closed() {
        return closed;
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
