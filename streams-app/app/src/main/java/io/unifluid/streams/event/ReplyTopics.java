package io.unifluid.streams.event;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/** Where the copy of a result goes: settlement names only topics that are listed. */
public final class ReplyTopics implements TopicNameExtractor<byte[], byte[]> {
    /** Carries the topic from settlement to the sink; harmless to the reader of a reply. */
    public static final String HEADER = "unifluid.reply.topic";

    @Override
    public String extract(byte[] key, byte[] value, RecordContext context) {
        return new String(context.headers().lastHeader(HEADER).value(), StandardCharsets.UTF_8);
    }

    /** Part of the topology's description. */
    @Override
    public String toString() {
        return "reply topics";
    }
}
