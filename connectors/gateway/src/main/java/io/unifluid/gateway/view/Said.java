package io.unifluid.gateway.view;

import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;

/** What can be said of a request, by the topic that says it. */
enum Said {
    /** A gateway took it under an idempotency key; the first counts. */
    ACCEPTED('c', Topics.ACCEPTED),
    /** How it goes on; the last counts, until there is a result. */
    STATUS('s', Topics.STATUS),
    /** How it ended. */
    RESULT('r', Topics.RESULTS);

    static final List<String> TOPICS =
            Arrays.stream(values()).map(said -> said.topic).toList();

    private final byte code;
    private final String topic;

    Said(char code, Topic<?> topic) {
        this.code = (byte) code;
        this.topic = topic.name();
    }

    static Said on(String topic) {
        return Arrays.stream(values())
                .filter(said -> said.topic.equals(topic))
                .findFirst()
                .orElseThrow();
    }

    /** Under which it is kept. */
    Bytes key(byte[] id) {
        var key = new byte[1 + id.length];
        key[0] = code;
        System.arraycopy(id, 0, key, 1, id.length);
        return Bytes.wrap(key);
    }

    Bytes key(String id) {
        return key(id.getBytes(StandardCharsets.UTF_8));
    }
}
