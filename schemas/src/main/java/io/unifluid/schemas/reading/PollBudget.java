package io.unifluid.schemas.reading;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Ends a poll when its records have become too many bytes: Kafka itself knows a number of records only. A deserializer that
 * fails makes the consumer return what it has, and ask again for the same record with the next poll. The first record
 * of a poll always passes. Belongs to the thread that polls.
 */
final class PollBudget {
    private final long most;
    private long spent;
    private boolean any;
    private long coming;
    private boolean charged = true;

    PollBudget(long most) {
        this.most = most;
    }

    void newPoll() {
        spent = 0;
        any = false;
    }

    /** A record was unpacked, which may be returned, skipped, or kept for the next poll. */
    void unpacked(long weight) {
        coming = weight;
        charged = false;
    }

    private void charge() {
        if (charged) {
            return;
        }
        if (any && spent + coming > most) {
            throw new SerializationException("The rest comes with the next poll.");
        }
        spent += coming;
        any = true;
        charged = true;
    }

    <T> Deserializer<T> around(Deserializer<T> inner) {
        return new Charging<>(inner);
    }

    private final class Charging<T> implements Deserializer<T> {
        private final Deserializer<T> inner;

        Charging(Deserializer<T> inner) {
            this.inner = inner;
        }

        @Override
        public void configure(Map<String, ?> configs, boolean isKey) {
            inner.configure(configs, isKey);
        }

        @Override
        public T deserialize(String topic, byte[] data) {
            return inner.deserialize(topic, data);
        }

        @Override
        public T deserialize(String topic, Headers headers, byte[] data) {
            charge();
            return inner.deserialize(topic, headers, data);
        }

        @Override
        public T deserialize(String topic, Headers headers, ByteBuffer data) {
            charge();
            return inner.deserialize(topic, headers, data);
        }

        @Override
        public void close() {
            inner.close();
        }

        /** The consumer logs this where a poll ends early. */
        @Override
        public String toString() {
            return "at most " + most + " bytes in one poll, the rest with the next one";
        }
    }
}
