package io.unifluid.schemas;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which workers run, by their own announcements. A worker counts for as long as its last announcement is valid, by the
 * listener's clock from the moment it came, so that a worker's clock may be wrong; what lay in the topic before it was
 * listened to is as old as it says. Not thread-safe.
 */
public final class WorkerPresence {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private record Heard(WorkerAnnouncement said, Instant cameAt, Instant validUntil) {
        /** Whether the next one comes about as long after this one as it was said after it: what is read up comes at once. */
        boolean followedLive(Instant nextSaidAt, Instant now) {
            return Duration.between(cameAt, now).multipliedBy(2).compareTo(Duration.between(said.getAt(), nextSaidAt))
                    >= 0;
        }
    }

    /**
     * @param workers by name
     * @param until when the next one is silent for too long
     */
    public record Running(List<WorkerAnnouncement> workers, Instant until) {
        public Running {
            workers = List.copyOf(workers);
        }
    }

    private final Map<String, Heard> workers = new HashMap<>();

    /**
     * A worker said that it runs.
     *
     * @return false when it was known
     */
    public boolean heard(WorkerAnnouncement said, Instant now) {
        var known = workers.get(said.getWorker());
        if (known != null && known.said().equals(said)) {
            return false;
        }
        boolean live = known != null && known.followedLive(said.getAt(), now);
        var heardAt = live || said.getAt().isAfter(now) ? now : said.getAt();
        var validFor = Duration.ofMillis(Math.clamp(said.getValidForMillis(), SHORTEST.toMillis(), LONGEST.toMillis()));
        workers.put(said.getWorker(), new Heard(said, now, heardAt.plus(validFor)));
        forget(now);
        return true;
    }

    /** A worker said that it has ended. */
    public void gone(String worker, Instant now) {
        workers.remove(worker);
        forget(now);
    }

    private void forget(Instant now) {
        workers.values().removeIf(heard -> heard.cameAt().plus(LONGEST).isBefore(now));
    }

    /** Who runs now. */
    public Running running(Instant now) {
        var running = new ArrayList<WorkerAnnouncement>();
        var until = Instant.MAX;
        for (var heard : workers.values()) {
            if (now.isBefore(heard.validUntil())) {
                running.add(heard.said());
                until = heard.validUntil().isBefore(until) ? heard.validUntil() : until;
            }
        }
        running.sort(Comparator.comparing(WorkerAnnouncement::getWorker));
        return new Running(running, until);
    }
}
