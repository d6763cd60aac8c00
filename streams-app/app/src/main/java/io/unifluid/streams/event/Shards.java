package io.unifluid.streams.event;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;

/**
 * Keys of the schedule topic: {@code <lane>/<shard>}. All requests of one bucket have one key, so that they meet in one
 * batching task; more shards spread different buckets over more tasks.
 */
public final class Shards {
    public static String key(WorkProfile profile, int shardsPerLane) {
        return profile.lane().topicSuffix() + "/"
                + Math.floorMod(profile.bucket().hashCode(), shardsPerLane);
    }

    public static Lane lane(String key) {
        return Lane.ofTopicSuffix(key.substring(0, key.indexOf('/')));
    }

    /** What lanes of different priority have in common: {@code understand/0} of {@code understand-bulk/0}. */
    static String withoutPriority(String key) {
        int slash = key.indexOf('/');
        return key.substring(0, key.lastIndexOf('-', slash)) + key.substring(slash);
    }

    private Shards() {}
}
