package io.unifluid.schemas.reading;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Kafka's consumer, for topics that strangers may write: whatever a batch of a few kilobytes claims to hold, and however
 * many large records lie one behind the other, only so much of it is in memory at once. Of a record that is larger than a
 * topic takes only a part is handed out; where a batch is damaged or unpacks to too much, one record stands for the rest
 * of it. What is missing stands in {@link ReaderNote}s among the headers, under the names of a dead letter's.
 *
 * @param <K> of keys
 * @param <V> of values
 */
public class BoundedConsumer<K, V> extends KafkaConsumer<K, V> {
    private final PollBudget budget;

    /**
     * @param consumers that share this process's heap
     * @throws IllegalStateException one sentence, where this version or protocol of Kafka's consumer cannot be bounded
     */
    public BoundedConsumer(Map<String, Object> config, Deserializer<K> keys, Deserializer<V> values, int consumers) {
        this(config, keys, values, ReadLimits.of(Runtime.getRuntime().maxMemory(), consumers));
    }

    /** The only one, or nearly so, of its process. */
    public BoundedConsumer(Map<String, Object> config, Deserializer<K> keys, Deserializer<V> values) {
        this(config, keys, values, 1);
    }

    BoundedConsumer(Map<String, Object> config, Deserializer<K> keys, Deserializer<V> values, ReadLimits limits) {
        this(config, keys, values, limits, new PollBudget(limits.poll()));
    }

    private BoundedConsumer(
            Map<String, Object> config,
            Deserializer<K> keys,
            Deserializer<V> values,
            ReadLimits limits,
            PollBudget budget) {
        super(config, budget.around(keys), budget.around(values));
        this.budget = budget;
        try {
            bound(this, limits, budget);
        } catch (IllegalStateException e) {
            close();
            throw e;
        }
    }

    @Override
    public ConsumerRecords<K, V> poll(Duration timeout) {
        budget.newPoll();
        return super.poll(timeout);
    }

    private static void bound(KafkaConsumer<?, ?> consumer, ReadLimits limits, PollBudget budget) {
        try {
            var classic = field(KafkaConsumer.class, "delegate").get(consumer);
            var network = field(classic.getClass(), "client").get(classic);
            var connections = field(network.getClass(), "client");
            var client = (KafkaClient) connections.get(network);
            connections.set(network, new BoundingClient(client, limits, budget));
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException(
                    "Kafka's consumer of version " + AppInfoParser.getVersion()
                            + " cannot be kept from unpacking more than there is memory for: use the version of the Kafka"
                            + " client that this was built with, and leave group.protocol at classic.",
                    e);
        }
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        var field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
