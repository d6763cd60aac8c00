package io.unifluid.operations.deadletter;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.Topics;
import java.util.Optional;
import java.util.function.Predicate;

/** The dead letters of a system. Not thread-safe. */
public final class DeadLetterTopic implements AutoCloseable {
    private final TopicScan scan;
    private final Decoding decoding;

    public DeadLetterTopic(Cluster cluster) {
        scan = new TopicScan(cluster);
        decoding = new Decoding(cluster.registry());
    }

    /** @param more returns false when it has seen enough */
    public void read(LetterFilter filter, Predicate<DeadLetter> more) {
        scan.read(Topics.DEAD_LETTERS, record -> {
            var letter = new DeadLetter(record);
            return !filter.takes(letter, decoding) || more.test(letter);
        });
    }

    public Optional<DeadLetter> at(int partition, long offset) {
        return Optional.ofNullable(scan.at(Topics.DEAD_LETTERS, partition, offset))
                .map(DeadLetter::new);
    }

    public Decoding decoding() {
        return decoding;
    }

    /** Which of them were sent again; read now. */
    public Redriven redriven() {
        return Redriven.read(scan);
    }

    /** Whether any was ever sent again. */
    boolean markersExist() {
        return scan.exists(Topics.REDRIVES);
    }

    @Override
    public void close() {
        try (scan) {
            decoding.close();
        }
    }
}
