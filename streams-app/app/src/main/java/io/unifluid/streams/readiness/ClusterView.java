package io.unifluid.streams.readiness;

import java.time.Duration;
import java.util.Map;

/**
 * What the app saw of its topics at one moment.
 *
 * @param partitions of every topic that is there
 * @param retention how long a topic keeps what nobody reads; a topic that keeps it for ever, or does not tell, is not here
 * @param oldestUnread how long the oldest record that the app has not read yet lies there, of topics where one does
 */
record ClusterView(
        Map<String, Integer> partitions, Map<String, Duration> retention, Map<String, Duration> oldestUnread) {
    ClusterView {
        partitions = Map.copyOf(partitions);
        retention = Map.copyOf(retention);
        oldestUnread = Map.copyOf(oldestUnread);
    }
}
