package io.unifluid.streams.intake;

import java.util.List;
import java.util.Set;

/** The topics by which requests come in, where any of their records can be read again. Belongs to one thread at a time. */
public interface IntakeLog extends AutoCloseable {
    /**
     * A record.
     *
     * @param value with its schema's id in front
     */
    record Found(String topic, int partition, long offset, byte[] value) {}

    /**
     * What lies at these places, and maybe what lies near; what is asked for and not among it is gone for good.
     *
     * @throws IntakeAwayException when it cannot be read now
     */
    List<Found> read(Set<Place> places);

    @Override
    void close();
}
