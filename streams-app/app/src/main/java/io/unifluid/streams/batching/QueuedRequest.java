package io.unifluid.streams.batching;

import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;
import io.unifluid.schemas.Admitted;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A request that waits for its batch, as the index holds it: without the request itself, which is in the store.
 *
 * @param recent the decoded record while it is cheap to keep; null when it must be read from the store
 */
record QueuedRequest(Candidate candidate, Admitted recent) {
    /** Oldest first; the id makes the order total, and the same after a restart. */
    static final Comparator<QueuedRequest> OLDEST_FIRST = Comparator.<QueuedRequest, Instant>comparing(
                    waiting -> waiting.candidate.scheduledAt())
            .thenComparing(QueuedRequest::requestId);

    static final Comparator<QueuedRequest> EARLIEST_DEADLINE_FIRST = Comparator.<QueuedRequest, Instant>comparing(
                    waiting -> waiting.candidate.profile().deadline().orElse(Instant.MAX))
            .thenComparing(OLDEST_FIRST);

    static QueuedRequest of(Admitted admitted, boolean keep) {
        var request = admitted.getRequest();
        var profile = new WorkProfile(
                request.getRequestId(),
                request.getTenant().intern(),
                Lane.ofTopicSuffix(admitted.getLane()),
                admitted.getBucket().intern(),
                admitted.getCost(),
                admitted.getBytes(),
                Optional.ofNullable(request.getDeadline()),
                Optional.empty());
        return new QueuedRequest(
                new Candidate(profile, admitted.getAttempt(), admitted.getIsolated(), admitted.getScheduledAt()),
                keep ? admitted : null);
    }

    String requestId() {
        return candidate.profile().requestId();
    }

    String tenant() {
        return candidate.profile().tenant();
    }
}
