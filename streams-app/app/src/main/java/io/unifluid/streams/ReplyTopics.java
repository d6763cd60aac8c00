package io.unifluid.streams;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/** Where the copy of a result goes; only listed topics, which validation has checked when the request came. */
final class ReplyTopics implements TopicNameExtractor<String, Object> {
    /** Carries the topic from settlement to the sink; harmless to the reader of a reply. */
    static final String HEADER = "unifluid.reply.topic";

    private final Set<String> allowed;

    ReplyTopics(Set<String> allowed) {
        this.allowed = Set.copyOf(allowed);
    }

    @Override
    public String extract(String key, Object value, RecordContext context) {
        var topic = new String(context.headers().lastHeader(HEADER).value(), StandardCharsets.UTF_8);
        if (!allowed.contains(topic)) {
            throw new IllegalStateException("The reply topic '" + topic + "' of request '" + key
                    + "' is not in reply-topics any more: list it until no request names it.");
        }
        return topic;
    }

    /** Part of the topology's description. */
    @Override
    public String toString() {
        return "reply topics";
    }
}
