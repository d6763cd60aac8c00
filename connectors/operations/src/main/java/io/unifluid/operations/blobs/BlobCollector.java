package io.unifluid.operations.blobs;

import io.unifluid.blobs.BlobEntry;
import io.unifluid.blobs.BlobStore;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * Removes the blobs that nobody needs any more: marks what the topics name, then sweeps what is unmarked and old. The
 * mark is made before the sweep, and what is put again after it is young; so the sender of a request that names an old
 * blob must put the bytes again first, which the claim check always does.
 */
public final class BlobCollector {
    private final Cluster cluster;
    private final BlobStore store;
    private final String applicationId;

    /** @param applicationId of the streams app, whose store tells which requests are unfinished */
    public BlobCollector(Cluster cluster, BlobStore store, String applicationId) {
        this.cluster = cluster;
        this.store = store;
        this.applicationId = applicationId;
    }

    /**
     * What became of the blobs; {@code seen = removed + sum of kept}.
     *
     * @param removed of a dry run, what would have been
     * @param removedBytes bytes
     */
    public record Summary(long seen, long removed, long removedBytes, Map<Reason, Long> kept) {}

    /**
     * @param retention how long a blob stays after it was put and after its last request finished
     * @throws EnvironmentProblem when the topics cannot be read completely; nothing is removed then
     */
    public Summary collect(Instant now, Duration retention, boolean dryRun) {
        var topic = applicationId + Topics.UNFINISHED_REQUESTS_SUFFIX;
        try (var scan = new TopicScan(cluster);
                var results = new AvroSerdes(cluster.registry()).deserializer(Topics.RESULTS)) {
            if (!scan.exists(topic)) {
                throw new EnvironmentProblem("There is no topic " + topic
                        + ", which tells the unfinished requests, so nothing was removed: give the streams app's"
                        + " application id with --application-id.");
            }
            return sweep(LiveBlobs.read(scan, topic, now, retention, results), dryRun);
        }
    }

    private Summary sweep(LiveBlobs needed, boolean dryRun) {
        var kept = new EnumMap<Reason, Long>(Reason.class);
        var counts = new long[3];
        try (var blobs = store.list()) {
            blobs.forEach(blob -> {
                counts[0]++;
                var reason = needed.reason(blob);
                if (reason.isPresent()) {
                    kept.merge(reason.get(), 1L, Long::sum);
                } else if (dryRun || remove(blob, needed.cutoff())) {
                    counts[1]++;
                    counts[2] += blob.size();
                } else {
                    kept.merge(Reason.YOUNG, 1L, Long::sum); // put again since it was listed
                }
            });
        }
        return new Summary(counts[0], counts[1], counts[2], kept);
    }

    /** One that somebody else removed meanwhile counts as removed. */
    private boolean remove(BlobEntry blob, Instant cutoff) {
        return store.deleteIfOlder(blob.key(), cutoff) || !store.exists(blob.key());
    }
}
