package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.Preconditions;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.Optional;

/**
 * Sums over the requests that wait in one bucket of one lane; there may be more of them than one batch takes.
 *
 * @param count how many wait
 * @param cost sum of their costs, in milliseconds
 * @param bytes sum of their bytes
 * @param isolated one of them must run by itself
 * @param oldestAt when the one that waits longest came; empty when none waits
 * @param earliestDeadline the deadline that comes first; empty when none has one
 */
public record OpenBucket(
        Lane lane,
        String bucket,
        int count,
        double cost,
        long bytes,
        boolean isolated,
        Optional<Instant> oldestAt,
        Optional<Instant> earliestDeadline) {

    public OpenBucket {
        Preconditions.atLeast("count", count, 0);
        if (oldestAt.isPresent() != (count > 0)) {
            throw new IllegalArgumentException(
                    "Bucket " + bucket + " holds " + count + " requests and its oldest came at " + oldestAt + ".");
        }
    }

    /** Nothing waits. */
    public static OpenBucket empty(Lane lane, String bucket) {
        return new OpenBucket(lane, bucket, 0, 0, 0, false, Optional.empty(), Optional.empty());
    }

    /**
     * One more waits.
     *
     * @throws IllegalArgumentException when it belongs to another bucket or lane
     */
    public OpenBucket plus(Candidate candidate) {
        WorkProfile profile = candidate.profile();
        if (profile.lane() != lane || !profile.bucket().equals(bucket)) {
            throw new IllegalArgumentException("Request '" + profile.requestId() + "' belongs to " + profile.lane()
                    + " " + profile.bucket() + ", not to " + lane + " " + bucket + ".");
        }
        return new OpenBucket(
                lane,
                bucket,
                count + 1,
                cost + profile.cost(),
                bytes + profile.bytes(),
                isolated || candidate.isolated(),
                earlier(oldestAt, Optional.of(candidate.scheduledAt())),
                earlier(earliestDeadline, profile.deadline()));
    }

    /** The sums over some candidates of one bucket, for example over those that stay when a batch has left. */
    public static OpenBucket of(Lane lane, String bucket, Iterable<Candidate> candidates) {
        OpenBucket sums = empty(lane, bucket);
        for (Candidate candidate : candidates) {
            sums = sums.plus(candidate);
        }
        return sums;
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.or(() -> other);
        }
        return one.get().isBefore(other.get()) ? one : other;
    }
}
