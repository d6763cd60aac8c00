package io.unifluid.client;

import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.Need;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends for one client: at once what somebody waits for, and gathered for some milliseconds what is sent in bulk, which is
 * cheaper for the broker. The producer of the latter is there once it is needed. Thread-safe.
 */
final class Intake {
    private static final String LINGER = "linger.ms";

    private final Cluster cluster;
    private final Map<String, Object> settings;
    private final Producer<byte[], byte[]> prompt;
    private Producer<byte[], byte[]> gathering;
    private boolean closed;

    /** @throws io.unifluid.schemas.access.EnvironmentProblem one sentence, when Kafka's client cannot work like that */
    Intake(Cluster cluster, Duration patience) {
        this.cluster = cluster;
        this.settings = settings(cluster, patience);
        this.prompt = producer("0");
    }

    private static Map<String, Object> settings(Cluster cluster, Duration patience) {
        var all = cluster.producer();
        var millis = Math.toIntExact(Math.min(patience.toMillis(), Integer.MAX_VALUE));
        all.putIfAbsent("max.block.ms", Integer.toString(millis));
        if (!all.containsKey("delivery.timeout.ms") && !all.containsKey("request.timeout.ms")) {
            all.put("request.timeout.ms", Integer.toString(Math.min(30_000, Math.max(1, millis / 2))));
            all.put("delivery.timeout.ms", Integer.toString(Math.max(millis, 20)));
        }
        all.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        return all;
    }

    /** @throws IllegalStateException when it is closed */
    Producer<byte[], byte[]> of(Priority priority) {
        return priority == Priority.INTERACTIVE ? prompt : gathering();
    }

    /** For what is no request. */
    Producer<byte[], byte[]> prompt() {
        return prompt;
    }

    private synchronized Producer<byte[], byte[]> gathering() {
        if (closed) {
            throw new IllegalStateException("Closed.");
        }
        if (gathering == null) {
            gathering = producer("5");
        }
        return gathering;
    }

    private Producer<byte[], byte[]> producer(String linger) {
        var all = new HashMap<>(settings);
        all.putIfAbsent(LINGER, linger);
        try {
            return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.topic(Topics.REQUESTS.name(), AclOperation.WRITE));
        }
    }

    /** Sends what was handed over, as long as patience lasts; again and again is harmless. */
    void close(Duration patience) {
        Producer<byte[], byte[]> other;
        synchronized (this) {
            closed = true;
            other = gathering;
        }
        prompt.close(patience);
        if (other != null) {
            other.close(patience);
        }
    }
}
