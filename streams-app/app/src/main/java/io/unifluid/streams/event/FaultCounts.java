package io.unifluid.streams.event;

/** What is counted of records that cannot be worked with, by whichever app reads them. Thread-safe. */
public interface FaultCounts {
    /** A record of this topic became a dead letter. */
    void deadLetter(String topic);

    /** A request came in that could not be decoded. */
    void received();
}
