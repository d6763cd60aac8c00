package io.unifluid.gateway.view;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether all has been worked off that was there when reading began. What comes meanwhile is not waited for: where requests
 * never cease, there is never nothing left. Of one reading thread.
 */
final class CatchUp {
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, Long> returned = new HashMap<>();
    private final Map<TopicPartition, Long> worked = new HashMap<>();

    /** It ended there when somebody looked; the first time counts. */
    void stands(TopicPartition partition, long end) {
        ends.putIfAbsent(partition, end);
    }

    /** A poll returned it. */
    void returned(TopicPartition partition, long offset) {
        if (offset < ends.getOrDefault(partition, Long.MAX_VALUE)) {
            returned.put(partition, offset);
        }
    }

    void worked(TopicPartition partition, long offset) {
        worked.put(partition, offset);
    }

    /**
     * @param position of the next record to read. Between it and the last that was returned there may be none, but only
     *     transactions' markers.
     */
    boolean reached(TopicPartition partition, long position) {
        var end = ends.get(partition);
        return end != null
                && position >= end
                && worked.getOrDefault(partition, -1L) >= returned.getOrDefault(partition, -1L);
    }
}
