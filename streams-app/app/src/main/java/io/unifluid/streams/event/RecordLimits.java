package io.unifluid.streams.event;

import io.unifluid.schemas.Topics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.header.Headers;

/**
 * How large a record may be where it is written. A record that a topic refuses ends the whole transaction, whatever a
 * handler says, so sizes are judged before anything is forwarded. Thread-safe.
 *
 * <p>What counts is the size before compression: the producer judges that, and bytes that do not compress come to a little
 * more behind a codec, which {@link #RESERVE} leaves room for.
 */
public final class RecordLimits {
    /** For the batch around a record, and for what a codec adds where nothing compresses. */
    static final int RESERVE = 16 * 1024;

    private static final int LEAST = 2 * RESERVE;
    private static final int BATCH_AND_RECORD = 61 + 21;
    private static final int LENGTH = 5;

    private final Map<String, Integer> byTopic = new ConcurrentHashMap<>();
    private volatile int ofProducer;

    /** @param ofProducer largest request that the producer sends, in bytes */
    RecordLimits(int ofProducer) {
        this.ofProducer = ofProducer;
    }

    public static RecordLimits defaults() {
        return new RecordLimits(Topics.MAX_RECORD_BYTES);
    }

    /** What the topic says of itself, {@code max.message.bytes}. */
    public void learn(String topic, int bytes) {
        byTopic.put(topic, bytes);
    }

    /** A topic refused a record of this size, whatever it was thought to take. */
    public void refused(String topic, long bytes) {
        byTopic.merge(topic, (int) Math.max(LEAST, Math.min(Integer.MAX_VALUE, bytes - 1)), Math::min);
    }

    /** Largest record, measured as {@link #bytes} does, that the topic is sure to take. */
    public long most(String topic) {
        int limit = Math.min(ofProducer, byTopic.getOrDefault(topic, Topics.MAX_RECORD_BYTES));
        return limit > LEAST ? limit - RESERVE : limit / 2;
    }

    /** @throws TooLargeException when the topic does not take it */
    public void require(String topic, byte[] key, byte[] value, Headers headers) {
        require(topic, bytes(key, value, headers));
    }

    /**
     * @param bytes of the whole record
     * @throws TooLargeException when the topic does not take it
     */
    public void require(String topic, long bytes) {
        long most = most(topic);
        if (bytes > most) {
            throw new TooLargeException(topic, bytes, most);
        }
    }

    /** An upper bound of what a record takes by itself, uncompressed. */
    public static long bytes(byte[] key, byte[] value, Headers headers) {
        long bytes = BATCH_AND_RECORD + length(key) + length(value);
        for (var header : headers) {
            bytes += 2 * LENGTH + 3L * header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }

    private static long length(byte[] bytes) {
        return LENGTH + (bytes == null ? 0 : bytes.length);
    }
}
