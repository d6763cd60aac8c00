package io.unifluid.scheduling.task;

import io.unifluid.scheduling.batching.Candidate;
import java.time.Instant;
import java.util.Optional;

/** Requests and instants that tests start from. */
public final class RequestsInTests {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    public static Instant at(long millis) {
        return START.plusMillis(millis);
    }

    public static WorkProfile profile(String id) {
        return profile(id, "tenant-a", 10, 100, Optional.empty());
    }

    public static WorkProfile profile(String id, Instant deadline) {
        return profile(id, "tenant-a", 10, 100, Optional.of(deadline));
    }

    public static WorkProfile profile(String id, String tenant, double cost, long bytes, Optional<Instant> deadline) {
        return new WorkProfile(
                id, tenant, Lane.UNDERSTAND_BULK, "caption|-|p8|-|-|-", cost, bytes, deadline, Optional.empty());
    }

    public static Candidate candidate(WorkProfile profile, long scheduledMillis) {
        return new Candidate(profile, 1, false, at(scheduledMillis));
    }

    private RequestsInTests() {}
}
