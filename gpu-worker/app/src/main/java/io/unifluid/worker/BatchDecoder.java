package io.unifluid.worker;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.unifluid.schemas.MicroBatch;
import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads a batch from a record, and tells bytes that are no batch from a registry that does not answer. */
final class BatchDecoder {
    private final Deserializer<MicroBatch> deserializer;

    BatchDecoder(Deserializer<MicroBatch> deserializer) {
        this.deserializer = deserializer;
    }

    sealed interface Decoded {
        record Batch(MicroBatch batch) implements Decoded {}

        /** Will never be readable; {@code reason} is one sentence. */
        record Garbage(String reason) implements Decoded {}

        /** May be readable later. */
        record RegistryAway(RuntimeException cause) implements Decoded {}
    }

    synchronized Decoded decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            MicroBatch batch = deserializer.deserialize(record.topic(), record.value());
            return batch == null ? new Decoded.Garbage("The record has no value.") : new Decoded.Batch(batch);
        } catch (RuntimeException e) {
            return registryAway(e) ? new Decoded.RegistryAway(e) : new Decoded.Garbage(reason(e));
        }
    }

    private static boolean registryAway(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case RestClientException answer -> {
                    return answer.getStatus() >= 500 || answer.getStatus() == 429;
                }
                case java.net.ConnectException _, java.net.SocketException _, java.net.SocketTimeoutException _ -> {
                    return true;
                }
                case java.net.UnknownHostException _, RetriableException _ -> {
                    return true;
                }
                default -> {}
            }
        }
        return false;
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String detail = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return "The record is not a MicroBatch in the registry's Avro format: " + detail
                + (root instanceof IOException ? " (input ends too early or is not Avro)." : "");
    }
}
