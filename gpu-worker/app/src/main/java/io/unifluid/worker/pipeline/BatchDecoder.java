package io.unifluid.worker.pipeline;

import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.UndecodableRecordException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads a batch from a record, and tells bytes that are no batch from a registry that does not answer. */
public final class BatchDecoder {
    private final Deserializer<MicroBatch> deserializer;

    public BatchDecoder(Deserializer<MicroBatch> deserializer) {
        this.deserializer = deserializer;
    }

    sealed interface Decoded {
        record Batch(MicroBatch batch) implements Decoded {}

        /** Will never be readable; {@code reason} is one sentence. */
        record Garbage(String reason) implements Decoded {}

        /** May be readable later; {@code reason} is one sentence. */
        record RegistryAway(String reason) implements Decoded {}
    }

    synchronized Decoded decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            MicroBatch batch = deserializer.deserialize(record.topic(), record.headers(), record.value());
            return batch == null ? new Decoded.Garbage("The record has no value.") : new Decoded.Batch(batch);
        } catch (RegistryUnavailableException e) {
            return new Decoded.RegistryAway(e.getMessage());
        } catch (UndecodableRecordException e) {
            return new Decoded.Garbage("The record is not a MicroBatch: " + e.getMessage());
        }
    }
}
