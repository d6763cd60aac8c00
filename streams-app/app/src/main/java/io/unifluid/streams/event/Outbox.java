package io.unifluid.streams.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What one step writes: encoded and measured while nothing is touched yet, then forwarded together, so that a step
 * happens whole or not at all. Used once.
 */
public final class Outbox {
    private record Outgoing(String sink, Record<byte[], byte[]> record) {}

    private final RecordLimits limits;
    private final List<Outgoing> outgoing = new ArrayList<>(4);

    public Outbox(RecordLimits limits) {
        this.limits = limits;
    }

    public void add(String sink, String topic, String key, byte[] value, Instant at) {
        add(sink, topic, key, value, at, new RecordHeaders());
    }

    /**
     * @param topic behind the sink
     * @throws TooLargeException when the topic does not take it; nothing is added then
     */
    public void add(String sink, String topic, String key, byte[] value, Instant at, Headers headers) {
        add(sink, topic, key.getBytes(StandardCharsets.UTF_8), value, at, headers);
    }

    public void add(String sink, String topic, byte[] key, byte[] value, Instant at, Headers headers) {
        limits.require(topic, key, value, headers);
        outgoing.add(new Outgoing(sink, new Record<>(key, value, at.toEpochMilli(), headers)));
    }

    public void forward(ProcessorContext<byte[], byte[]> context) {
        outgoing.forEach(one -> context.forward(one.record(), one.sink()));
    }
}
