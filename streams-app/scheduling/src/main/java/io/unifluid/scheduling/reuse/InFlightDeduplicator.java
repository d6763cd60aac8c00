package io.unifluid.scheduling.reuse;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Requests under way that compute the same: of each key one computes and the others wait for its answer. Holds state,
 * decides from its arguments alone; owned by one thread.
 *
 * <p>Only a key for which somebody waits must be durable ({@link #awaited}): where nobody waits, forgetting who computes
 * costs at most a second computation.
 */
public final class InFlightDeduplicator {
    /** A request under way. */
    public record CoalescedRequest(String requestId, int attempt) {}

    /** What a request that was handed out does. */
    public enum Role {
        LEADER,
        FOLLOWER,
        /** It waits already. */
        KNOWN_FOLLOWER
    }

    /** What follows from the end of an attempt. */
    public sealed interface DedupDecision {
        /** These get the same answer, or the same failure. */
        record Answer(List<CoalescedRequest> followers) implements DedupDecision {}

        /** This one computes from now on. */
        record Promote(CoalescedRequest request) implements DedupDecision {}

        /** One that waited for the answer does not any more. */
        record Left() implements DedupDecision {}

        record Nothing() implements DedupDecision {}
    }

    /** A key whose leader is lost without a word, and the one that computes instead. */
    public record Orphaned(String key, Optional<CoalescedRequest> promoted) {}

    private static final class Group {
        private CoalescedRequest leader;
        private Instant since;
        private LinkedHashMap<String, CoalescedRequest> waiting;

        private boolean awaited() {
            return waiting != null && !waiting.isEmpty();
        }
    }

    /** Heard of longest ago first. */
    private final LinkedHashMap<String, Group> groups = new LinkedHashMap<>();

    private int waiting;

    /** After a restart: what {@link #awaited} said, before those that wait join again. */
    public void restore(String key, CoalescedRequest leader, Instant now) {
        lead(key, new Group(), leader, now);
    }

    /** A request was handed out. */
    public Role join(String key, CoalescedRequest request, Instant now) {
        var group = groups.get(key);
        if (group == null) {
            lead(key, new Group(), request, now);
            return Role.LEADER;
        }
        if (group.leader.requestId().equals(request.requestId())) {
            if (request.attempt() >= group.leader.attempt()) {
                lead(key, group, request, now);
            }
            return Role.LEADER;
        }
        if (group.waiting == null) {
            group.waiting = new LinkedHashMap<>();
        }
        var known = group.waiting.get(request.requestId());
        if (known != null && known.attempt() >= request.attempt()) {
            return Role.KNOWN_FOLLOWER;
        }
        group.waiting.put(request.requestId(), request);
        waiting += known == null ? 1 : 0;
        return Role.FOLLOWER;
    }

    /** An attempt is over, of whichever part. */
    public DedupDecision ended(String key, String requestId, int attempt, AttemptOutcome outcome, Instant now) {
        var group = groups.get(key);
        if (group == null) {
            return new DedupDecision.Nothing();
        }
        if (!group.leader.requestId().equals(requestId)) {
            return left(group, requestId, attempt);
        }
        if (group.leader.attempt() > attempt) {
            return new DedupDecision.Nothing();
        }
        return switch (outcome) {
            case SUCCEEDED, FAILED_FOR_GOOD -> {
                groups.remove(key);
                if (!group.awaited()) {
                    yield new DedupDecision.Nothing();
                }
                waiting -= group.waiting.size();
                yield new DedupDecision.Answer(List.copyOf(group.waiting.values()));
            }
            case AGAIN -> {
                lead(key, group, group.leader, now);
                yield new DedupDecision.Nothing();
            }
            case GONE ->
                promote(key, group, now)
                        .<DedupDecision>map(DedupDecision.Promote::new)
                        .orElse(new DedupDecision.Nothing());
        };
    }

    /**
     * Replaces those that compute and were not heard of since {@code silentSince}, as long as they left batching.
     *
     * @param stillQueued whether a request waits in batching, by its id: it is not lost, however long it takes
     */
    public List<Orphaned> orphaned(Instant silentSince, Predicate<String> stillQueued, Instant now) {
        var silent = new ArrayList<Map.Entry<String, Group>>();
        for (var entry : groups.entrySet()) {
            if (entry.getValue().since.isAfter(silentSince)) {
                break;
            }
            silent.add(Map.entry(entry.getKey(), entry.getValue()));
        }
        var orphaned = new ArrayList<Orphaned>();
        for (var entry : silent) {
            var group = entry.getValue();
            if (stillQueued.test(group.leader.requestId())) {
                lead(entry.getKey(), group, group.leader, now);
            } else {
                orphaned.add(new Orphaned(entry.getKey(), promote(entry.getKey(), group, now)));
            }
        }
        return orphaned;
    }

    /** Who computes a key, when somebody waits for it. */
    public Optional<CoalescedRequest> awaited(String key) {
        return Optional.ofNullable(groups.get(key)).filter(Group::awaited).map(group -> group.leader);
    }

    /** Requests that wait for another one's answer. */
    public int waiting() {
        return waiting;
    }

    private DedupDecision left(Group group, String requestId, int attempt) {
        var known = group.waiting == null ? null : group.waiting.get(requestId);
        if (known == null || known.attempt() > attempt) {
            return new DedupDecision.Nothing();
        }
        group.waiting.remove(requestId);
        waiting--;
        return new DedupDecision.Left();
    }

    private Optional<CoalescedRequest> promote(String key, Group group, Instant now) {
        if (!group.awaited()) {
            groups.remove(key);
            return Optional.empty();
        }
        var next = group.waiting.pollFirstEntry().getValue();
        waiting--;
        lead(key, group, next, now);
        return Optional.of(next);
    }

    private void lead(String key, Group group, CoalescedRequest leader, Instant now) {
        group.leader = leader;
        group.since = now;
        groups.putLast(key, group);
    }
}
