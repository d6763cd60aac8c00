package io.unifluid.streams.event;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * The partition on which a request's records must meet, since one task keeps its state: murmur2 of its id, as Kafka's own
 * Java client places a key. Other clients place it elsewhere, and a sender may name any partition.
 */
public final class Home implements StreamPartitioner<byte[], byte[]> {
    private final int partitions;

    /** @param partitions of every topic that is keyed by request id, for as long as the app runs */
    public Home(int partitions) {
        this.partitions = partitions;
    }

    public int of(String requestId) {
        return of(requestId.getBytes(StandardCharsets.UTF_8));
    }

    private int of(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    @Override
    public Optional<Set<Integer>> partitions(String topic, byte[] key, byte[] value, int there) {
        return Optional.of(Set.of(of(key)));
    }
}
