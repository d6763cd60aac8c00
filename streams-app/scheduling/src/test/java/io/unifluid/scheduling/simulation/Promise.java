package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.admission.RunningModels;
import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.scheduling.task.FailureKind;
import io.unifluid.scheduling.task.RunningModel;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Keeps account of what was asked and what came out, and names every breach of the promise. */
final class Promise {
    private static final int SHOWN_BREACHES = 1_000;

    private record Asked(WorkProfile profile, Nature nature) {}

    private final int maxAttempts;
    /** By id, then by tenant. */
    private final Map<String, Map<String, Asked>> asked = new HashMap<>();

    private final Map<String, Set<String>> cancelled = new HashMap<>();
    private final Map<String, Set<String>> setAside = new HashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Map<String, String> owners = new HashMap<>();
    private final Map<String, Integer> settled = new HashMap<>();
    private final Map<String, Integer> byStatus = new HashMap<>();
    private final List<String> breaches = new ArrayList<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final Map<String, Instant> keptAt = new HashMap<>();
    private final Map<String, Integer> sharing = new TreeMap<>();
    private final Set<String> proven = new HashSet<>();
    private int version = 1;
    private int lastKept = 1;
    private int waitsChecked;

    Promise(int maxAttempts) {
        this.maxAttempts = maxAttempts;
    }

    void asked(WorkProfile profile, Nature nature) {
        asked.computeIfAbsent(profile.requestId(), _ -> new HashMap<>())
                .put(profile.tenant(), new Asked(profile, nature));
    }

    void cancelled(String requestId, String tenant) {
        cancelled.computeIfAbsent(requestId, _ -> new HashSet<>()).add(tenant);
    }

    /** What brought the event became a dead letter. */
    void setAside(String requestId, LifecycleEvent event) {
        switch (event) {
            case LifecycleEvent.Submitted submitted ->
                setAside.computeIfAbsent(requestId, _ -> new HashSet<>())
                        .add(submitted.profile().tenant());
            case LifecycleEvent.CancelRequested _, LifecycleEvent.Forged _, LifecycleEvent.Impossible _ -> {}
            default -> breach(requestId + " has a dead letter of " + event);
        }
    }

    /** @param tenant whose request was settled */
    void settled(String requestId, String tenant, Effect.Settle result, int attempt, Instant now) {
        settled.merge(requestId, 1, Integer::sum);
        byStatus.merge(result.status().name(), 1, Integer::sum);
        owners.put(requestId, tenant);
        Asked request = asked.getOrDefault(requestId, Map.of()).get(tenant);
        if (request == null) {
            breach(requestId + " has a result and was never asked for");
            return;
        }
        boolean justified = switch (result.status()) {
            case SUCCEEDED -> request.nature() == Nature.HEALTHY && answered.contains(requestId);
            case REJECTED -> request.nature() == Nature.INVALID;
            case CANCELLED -> cancelled.getOrDefault(requestId, Set.of()).contains(tenant);
            case EXPIRED ->
                request.profile().deadline().filter(at -> !now.isBefore(at)).isPresent();
            case FAILED ->
                failureJustified(request.nature(), result.reasonKind(), attempt)
                        || proven.contains(proof(request, result.reasonKind()));
        };
        if (result.status() == TerminalStatus.FAILED && attempt >= 3) {
            proven.add(proof(request, result.reasonKind()));
        }
        if (!justified) {
            breach(requestId + ", " + request.nature() + ", ended in " + result + " after " + attempt + " attempts");
        }
        // A deadline is kept to the millisecond by its tick; one that had passed before admission is known at
        // admission.
        if (request.profile().deadline().filter(at -> now.isAfter(at)).isPresent()
                && !result.reasonKind().equals("DEADLINE_QUEUED")
                && result.status() != TerminalStatus.REJECTED
                && result.status() != TerminalStatus.CANCELLED) {
            breach(requestId + " waited beyond its deadline for " + result);
        }
    }

    private static String proof(Asked request, String reason) {
        return request.profile().computationKey().orElse(request.profile().requestId()) + " " + reason;
    }

    // ---- reuse

    /** A worker reported on a request itself. */
    void computed(String requestId) {
        versions.put(requestId, version);
        answered.add(requestId);
    }

    /** Workers run another model from now on. */
    void newModel() {
        version++;
    }

    int versionOf(String requestId) {
        return versions.get(requestId);
    }

    RunningModels running() {
        return new RunningModels(List.of(new RunningModel("m@" + version, Set.of("m"), Set.of())));
    }

    /** Whether an event may be a worker's report on the request, rather than another one's report. */
    boolean wasComputed(String requestId, LifecycleEvent event) {
        return (event instanceof LifecycleEvent.Succeeded || event instanceof LifecycleEvent.Failed)
                && versions.containsKey(requestId);
    }

    void kept(String requestId, Instant now) {
        keptAt.put(requestId, now);
    }

    /** A request gets the answer that was computed for {@code other}. */
    void reused(String requestId, String other, Instant now) {
        answered.add(requestId);
        var mine = anyOf(requestId).profile().computationKey();
        if (other == null || !mine.equals(anyOf(other).profile().computationKey())) {
            breach(requestId + " got the answer of " + other + ", which asked for something else");
        } else if (anyOf(other).nature() != Nature.HEALTHY) {
            breach(requestId + " got the answer of " + other + ", which has none");
        } else if (Duration.between(keptAt.get(other), now).compareTo(Answers.RETENTION) >= 0) {
            breach(requestId + " got the answer of " + other + " after its retention");
        } else if (versions.get(other) < version) {
            breach(requestId + " got an answer of model " + versions.get(other) + " while " + version + " runs");
        }
    }

    /** Requests of one id ask for the same, whoever sends them. */
    private Asked anyOf(String requestId) {
        return asked.get(requestId).values().iterator().next();
    }

    void count(String what) {
        sharing.merge(what, 1, Integer::sum);
    }

    Map<String, Integer> sharing() {
        return sharing;
    }

    private boolean failureJustified(Nature nature, String reason, int attempt) {
        if (reason.equals(FailureKind.BAD_INPUT.name())) {
            return nature == Nature.BAD;
        }
        if (reason.equals(FailureKind.CRASH.name())) {
            return nature == Nature.POISON;
        }
        boolean spent = attempt == maxAttempts;
        return switch (reason) {
            case "MODEL", "OUT_OF_MEMORY" -> attempt >= 3;
            case "TRANSIENT", "UNKNOWN", "STUCK" -> spent;
            default -> false;
        };
    }

    void dispatched(String requestId, Effect.Schedule schedule) {
        if (schedule.attempt() > maxAttempts) {
            breach(requestId + " was handed out as attempt " + schedule.attempt() + " of " + maxAttempts);
        }
        if (settled.containsKey(requestId)) {
            breach(requestId + " was handed out after its result");
        }
    }

    void batched(List<Candidate> batch, BatchSettings limits) {
        double cost = batch.stream().mapToDouble(item -> item.profile().cost()).sum();
        long bytes = batch.stream().mapToLong(item -> item.profile().bytes()).sum();
        if (batch.isEmpty() || batch.size() > limits.maxItems()) {
            breach("a batch holds " + batch.size() + " requests");
        }
        if (batch.size() > 1 && (cost > limits.maxCost() || bytes > limits.maxBytes())) {
            breach("a batch of " + batch.size() + " costs " + cost + " and has " + bytes + " bytes");
        }
        if (batch.size() > 1 && batch.stream().anyMatch(Candidate::isolated)) {
            breach("a request that must run by itself shares a batch of " + batch.size());
        }
        if (batch.stream().map(item -> item.profile().bucket()).distinct().count() > 1) {
            breach("a batch mixes buckets");
        }
    }

    /** The oldest request of a batch waited so long although its lane had room all the time. */
    void waitedWithRoom(Duration waited, Duration maxWait) {
        waitsChecked++;
        if (waited.compareTo(maxWait) > 0) {
            breach("a batch left after " + waited + " although maxWait is " + maxWait);
        }
    }

    /** Once everything has come to rest, all that was asked has its one result and nothing is remembered. */
    void checkAtTheEnd(Map<String, LifecycleState> remembered, int stillWaiting) {
        asked.forEach((id, byTenant) -> {
            int results = settled.getOrDefault(id, 0);
            if (results != 1) {
                breach(id + " has " + results + " results");
            }
            byTenant.keySet().stream()
                    .filter(tenant -> !tenant.equals(owners.get(id)))
                    .filter(tenant -> !setAside.getOrDefault(id, Set.of()).contains(tenant))
                    .forEach(tenant -> breach(id + " of " + tenant + " has neither a result nor a dead letter"));
        });
        if (!remembered.isEmpty()) {
            breach(remembered.size() + " states were never purged");
        }
        if (stillWaiting > 0) {
            breach(stillWaiting + " requests still wait in batching");
        }
    }

    int waitsChecked() {
        return waitsChecked;
    }

    int requests() {
        return asked.size();
    }

    Map<String, Integer> byStatus() {
        return Map.copyOf(byStatus);
    }

    List<String> breaches() {
        return List.copyOf(breaches);
    }

    void breach(String what) {
        if (breaches.size() < SHOWN_BREACHES) {
            breaches.add(what);
        }
    }
}
