package io.unifluid.streams.batching;

import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.reuse.InFlightDeduplicator;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.CoalescedRequest;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.DedupDecision;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.ModelNames;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.AttemptEnded;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.workers.RunningWorkers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The same content computes once: who computes it, who waits for it, and what has been computed. One for each batching
 * task; keeps {@link InFlightDeduplicator} of each lane and the answers of all of its lanes.
 */
final class Reuse {
    /** What a request that was handed out does. */
    sealed interface Role {
        /** It has its answer already, and so have those that waited for it. */
        record Answered(List<Outcome> answers) implements Role {}

        record Follower() implements Role {}

        record KnownFollower() implements Role {}

        record Leader() implements Role {}
    }

    /** What follows from an end: who is answered, who computes now, and whether the one that ended had waited. */
    record Follows(List<Outcome> answers, Optional<CoalescedRequest> promoted, boolean left) {
        static final Follows NOTHING = new Follows(List.of(), Optional.empty(), false);
    }

    private static final int ENTRIES_A_SWEEP = 1_000;

    private final StreamsMetrics metrics;
    private final ReuseStore store;
    private final RunningWorkers workers;
    private final Duration forgetAfter;
    private final Function<byte[], Outcome> decoder;
    private final Map<Lane, InFlightDeduplicator> inFlight = new EnumMap<>(Lane.class);

    Reuse(
            StreamsSettings settings,
            StreamsMetrics metrics,
            RunningWorkers workers,
            ReuseStore store,
            Function<byte[], Outcome> decoder) {
        this.metrics = metrics;
        this.workers = workers;
        this.store = store;
        this.forgetAfter = settings.lifecycle().lostAfter();
        this.decoder = decoder;
        for (var lane : Lane.values()) {
            inFlight.put(lane, new InFlightDeduplicator());
        }
    }

    /** Call before what waits in batching joins again. */
    void restore(Instant now) {
        store.restore().forEach(one -> inFlight.get(one.lane()).restore(one.key(), one.leader(), now));
    }

    /** After a restart: a request that waited, for a batch or for another one's answer. */
    InFlightDeduplicator.Role rejoin(Lane lane, String key, CoalescedRequest request, Instant now) {
        var part = inFlight.get(lane).join(key, request, now);
        remember(lane, key);
        return part;
    }

    /** A request was handed out. */
    Role join(Lane lane, String key, CoalescedRequest request, Instant now) {
        var answer = answer(key, now);
        if (answer.isPresent()) {
            metrics.served(StreamsMetrics.Served.CACHED);
            var report = decode(answer.get());
            var all = new ArrayList<>(List.of(copy(report, request, now)));
            // A dispatch that is repeated may wait already, or be waited for.
            if (inFlight.get(lane).ended(key, request.requestId(), request.attempt(), AttemptOutcome.SUCCEEDED, now)
                    instanceof DedupDecision.Answer(List<CoalescedRequest> waiting)) {
                waiting.forEach(_ -> metrics.served(StreamsMetrics.Served.COALESCED));
                waiting.forEach(one -> all.add(copy(report, one, now)));
            }
            remember(lane, key);
            return new Role.Answered(all);
        }
        var part = inFlight.get(lane).join(key, request, now);
        remember(lane, key);
        return switch (part) {
            case LEADER -> {
                metrics.served(StreamsMetrics.Served.COMPUTED);
                yield new Role.Leader();
            }
            case FOLLOWER -> new Role.Follower();
            case KNOWN_FOLLOWER -> new Role.KnownFollower();
        };
    }

    /**
     * An attempt of a request that may share is over.
     *
     * @param report what {@code shared} carries, decoded
     */
    Follows ended(AttemptEnded ended, AttemptEnded.Shared shared, Optional<Outcome> report, Instant now) {
        var lane = ended.lane();
        report.filter(outcome -> outcome.getKind() == OutcomeKind.SUCCEEDED)
                .ifPresent(outcome ->
                        keep(shared.computationKey(), outcome, shared.report().get(), now));
        var after = inFlight.get(lane)
                .ended(shared.computationKey(), ended.requestId(), ended.attempt(), shared.outcome(), now);
        remember(lane, shared.computationKey());
        return switch (after) {
            case DedupDecision.Answer(List<CoalescedRequest> waiting) ->
                answer(lane, shared.computationKey(), report, waiting, now);
            case DedupDecision.Promote(CoalescedRequest next) -> promote(lane, shared.computationKey(), next, now);
            case DedupDecision.Left _ -> new Follows(List.of(), Optional.empty(), true);
            case DedupDecision.Nothing _ -> Follows.NOTHING;
        };
    }

    /** The other lane of the same task may have computed it meanwhile. */
    private Follows promote(Lane lane, String key, CoalescedRequest next, Instant now) {
        if (answer(key, now).isEmpty()) {
            return new Follows(List.of(), Optional.of(next), false);
        }
        var all = new ArrayList<>(List.of(next));
        if (inFlight.get(lane).ended(key, next.requestId(), next.attempt(), AttemptOutcome.SUCCEEDED, now)
                instanceof DedupDecision.Answer(List<CoalescedRequest> rest)) {
            all.addAll(rest);
        }
        remember(lane, key);
        return answer(lane, key, Optional.empty(), all, now);
    }

    /** Without the report, which was too large or is another one's, they start over among themselves. */
    private Follows answer(
            Lane lane, String key, Optional<Outcome> report, List<CoalescedRequest> waiting, Instant now) {
        var answer = report.or(() -> answer(key, now).map(this::decode));
        if (answer.isPresent()) {
            waiting.forEach(_ -> metrics.served(StreamsMetrics.Served.COALESCED));
            return new Follows(
                    waiting.stream()
                            .map(request -> copy(answer.get(), request, now))
                            .toList(),
                    Optional.empty(),
                    false);
        }
        waiting.forEach(request -> inFlight.get(lane).join(key, request, now));
        remember(lane, key);
        return new Follows(List.of(), Optional.of(waiting.getFirst()), false);
    }

    /** Those that compute from now on, since nothing was heard of those that did. */
    List<CoalescedRequest> sweep(Lane lane, Predicate<String> stillQueued, Instant now) {
        store.sweep(workers.models(now), now, ENTRIES_A_SWEEP);
        var promoted = new ArrayList<CoalescedRequest>();
        for (var orphaned : inFlight.get(lane).orphaned(now.minus(forgetAfter), stillQueued, now)) {
            remember(lane, orphaned.key());
            orphaned.promoted().ifPresent(promoted::add);
        }
        return promoted;
    }

    int waiting(Lane lane) {
        return inFlight.get(lane).waiting();
    }

    long bytes() {
        return store.bytes();
    }

    /** A picture that was drawn and put into the blob store may be collected there with the first result. */
    private void keep(String key, Outcome outcome, byte[] bytes, Instant now) {
        boolean elsewhere = outcome.getOutput() instanceof ImagesOutput drawn
                && drawn.getImages().stream()
                        .anyMatch(picture -> picture.getImage().getUri() != null);
        if (elsewhere) {
            metrics.notKept("claim");
        } else {
            store.keep(key, outcome.getModel() == null ? "" : ModelNames.identity(outcome.getModel()), bytes, now);
        }
    }

    /** A kept report that may be given now, encoded. */
    private Optional<byte[]> answer(String key, Instant now) {
        return store.answer(key, workers.models(now), now);
    }

    private void remember(Lane lane, String key) {
        store.remember(lane, key, inFlight.get(lane).awaited(key));
    }

    /**
     * The same report as if it were on another request: all that it says of the answer; its batch, the worker's times and
     * what binds it to its attempt belong to the first one.
     */
    private static Outcome copy(Outcome report, CoalescedRequest request, Instant now) {
        return Outcome.newBuilder(report)
                .setRequestId(request.requestId())
                .setAttempt(request.attempt())
                .setAt(now)
                .setTimings(null)
                .setBatch(null)
                .clearToken()
                .clearOthers()
                .build();
    }

    private Outcome decode(byte[] report) {
        return decoder.apply(report);
    }
}
