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
public final class Twins {
    /** A request under way. */
    public record Twin(String requestId, int attempt) {}

    /** What a request that was handed out does. */
    public enum Part {
        COMPUTES,
        WAITS,
        /** It waits already. */
        HELD
    }

    /** What follows from the end of an attempt. */
    public sealed interface After {
        /** These get the same answer, or the same failure. */
        record Answer(List<Twin> twins) implements After {}

        /** This one computes from now on. */
        record Promote(Twin twin) implements After {}

        /** One that waited for the answer does not any more. */
        record Left() implements After {}

        record Nothing() implements After {}
    }

    /** A key whose computing request is lost without a word, and the one that computes instead. */
    public record Forsaken(String key, Optional<Twin> promoted) {}

    private static final class Group {
        private Twin computing;
        private Instant since;
        private LinkedHashMap<String, Twin> waiting;

        private boolean awaited() {
            return waiting != null && !waiting.isEmpty();
        }
    }

    /** Heard of longest ago first. */
    private final LinkedHashMap<String, Group> groups = new LinkedHashMap<>();

    private int waiting;

    /** After a restart: what {@link #awaited} said, before those that wait join again. */
    public void restore(String key, Twin computing, Instant now) {
        lead(key, new Group(), computing, now);
    }

    /** A request was handed out. */
    public Part join(String key, Twin twin, Instant now) {
        var group = groups.get(key);
        if (group == null) {
            lead(key, new Group(), twin, now);
            return Part.COMPUTES;
        }
        if (group.computing.requestId().equals(twin.requestId())) {
            if (twin.attempt() >= group.computing.attempt()) {
                lead(key, group, twin, now);
            }
            return Part.COMPUTES;
        }
        if (group.waiting == null) {
            group.waiting = new LinkedHashMap<>();
        }
        var known = group.waiting.get(twin.requestId());
        if (known != null && known.attempt() >= twin.attempt()) {
            return Part.HELD;
        }
        group.waiting.put(twin.requestId(), twin);
        waiting += known == null ? 1 : 0;
        return Part.WAITS;
    }

    /** An attempt is over, of whichever part. */
    public After ended(String key, String requestId, int attempt, Ending ending, Instant now) {
        var group = groups.get(key);
        if (group == null) {
            return new After.Nothing();
        }
        if (!group.computing.requestId().equals(requestId)) {
            return left(group, requestId, attempt);
        }
        if (group.computing.attempt() > attempt) {
            return new After.Nothing();
        }
        return switch (ending) {
            case SUCCEEDED, FAILED_FOR_GOOD -> {
                groups.remove(key);
                if (!group.awaited()) {
                    yield new After.Nothing();
                }
                waiting -= group.waiting.size();
                yield new After.Answer(List.copyOf(group.waiting.values()));
            }
            case AGAIN -> {
                lead(key, group, group.computing, now);
                yield new After.Nothing();
            }
            case GONE -> promote(key, group, now).<After>map(After.Promote::new).orElse(new After.Nothing());
        };
    }

    /**
     * Replaces those that compute and were not heard of since {@code silentSince}, as long as they left batching.
     *
     * @param stillQueued whether a request waits in batching, by its id: it is not lost, however long it takes
     */
    public List<Forsaken> forsaken(Instant silentSince, Predicate<String> stillQueued, Instant now) {
        var silent = new ArrayList<Map.Entry<String, Group>>();
        for (var entry : groups.entrySet()) {
            if (entry.getValue().since.isAfter(silentSince)) {
                break;
            }
            silent.add(Map.entry(entry.getKey(), entry.getValue()));
        }
        var forsaken = new ArrayList<Forsaken>();
        for (var entry : silent) {
            var group = entry.getValue();
            if (stillQueued.test(group.computing.requestId())) {
                lead(entry.getKey(), group, group.computing, now);
            } else {
                forsaken.add(new Forsaken(entry.getKey(), promote(entry.getKey(), group, now)));
            }
        }
        return forsaken;
    }

    /** Who computes a key, when somebody waits for it. */
    public Optional<Twin> awaited(String key) {
        return Optional.ofNullable(groups.get(key)).filter(Group::awaited).map(group -> group.computing);
    }

    /** Requests that wait for another one's answer. */
    public int waiting() {
        return waiting;
    }

    private After left(Group group, String requestId, int attempt) {
        var known = group.waiting == null ? null : group.waiting.get(requestId);
        if (known == null || known.attempt() > attempt) {
            return new After.Nothing();
        }
        group.waiting.remove(requestId);
        waiting--;
        return new After.Left();
    }

    private Optional<Twin> promote(String key, Group group, Instant now) {
        if (!group.awaited()) {
            groups.remove(key);
            return Optional.empty();
        }
        var next = group.waiting.pollFirstEntry().getValue();
        waiting--;
        lead(key, group, next, now);
        return Optional.of(next);
    }

    private void lead(String key, Group group, Twin computing, Instant now) {
        group.computing = computing;
        group.since = now;
        groups.putLast(key, group);
    }
}
