package io.unifluid.moderation.operations;

import io.unifluid.client.Cluster;
import io.unifluid.moderation.event.VerdictRecords;
import io.unifluid.moderation.policy.Asked;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.policy.Judge;
import io.unifluid.moderation.policy.Judgement;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.moderation.policy.Reason;
import io.unifluid.moderation.policy.Scores;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Judges stored scores anew: what the tenant's policies say as they stand, and what they would say with others. The model is
 * not asked; what a policy asks that nobody was asked cannot be judged, and is counted. Not thread-safe.
 */
public final class Replay {
    /**
     * One picture about which the two disagree.
     *
     * @param why the first reason of the decision that would be
     */
    public record Example(
            String submissionId, String subjectId, Decision before, Decision after, Instant decidedAt, String why) {}

    private static final int MOST_THREADS = 8;

    private final String tenant;
    private final List<Policy> before;
    private final List<Policy> after;
    private final Set<Asked> needed = new LinkedHashSet<>();
    private final Instant since;
    private final int mostExamples;
    private final Map<Decision, Map<Decision, Long>> confusion = new EnumMap<>(Decision.class);
    private final List<Example> examples = new ArrayList<>();
    private long judged;
    private long otherLabels;
    private long sampledBefore;
    private long sampledAfter;
    private long decidedByLists;
    private long withoutScores;
    private long notAsked;

    /**
     * @param before none of them retired
     * @param since verdicts before it are passed over
     */
    public Replay(String tenant, List<Policy> before, List<Policy> after, Instant since, int mostExamples) {
        this.tenant = tenant;
        this.before = List.copyOf(before);
        this.after = List.copyOf(after);
        this.since = since;
        this.mostExamples = mostExamples;
        before.forEach(policy -> needed.addAll(policy.asked()));
        after.forEach(policy -> needed.addAll(policy.asked()));
        for (var decision : Decision.values()) {
            confusion.put(decision, new EnumMap<>(Decision.class));
        }
    }

    /**
     * All that is recorded, judged by as many threads as there are processors.
     *
     * @throws io.unifluid.schemas.access.EnvironmentProblem when not all of it can be read
     */
    public Recorded addAll(Cluster cluster) {
        var parts = IntStream.range(
                        0, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()))
                .mapToObj(_ -> new Replay(tenant, before, after, since, mostExamples))
                .toList();
        var recorded = Recorded.<Verdict>read(
                cluster,
                Topics.VERDICTS,
                parts.stream()
                        .map(part -> (Recorded.Reader<Verdict>)
                                (_, verdict) -> Optional.ofNullable(verdict).ifPresent(part::add))
                        .toList());
        parts.forEach(this::addAll);
        return recorded;
    }

    private void addAll(Replay part) {
        for (var from : Decision.values()) {
            part.confusion.get(from).forEach((to, count) -> confusion.get(from).merge(to, count, Long::sum));
        }
        examples.addAll(part.examples);
        examples.sort(Comparator.comparing(Example::decidedAt).thenComparing(Example::submissionId));
        examples.subList(Math.min(mostExamples, examples.size()), examples.size())
                .clear();
        judged += part.judged;
        otherLabels += part.otherLabels;
        sampledBefore += part.sampledBefore;
        sampledAfter += part.sampledAfter;
        decidedByLists += part.decidedByLists;
        withoutScores += part.withoutScores;
        notAsked += part.notAsked;
    }

    public void add(Verdict verdict) {
        if (!verdict.getTenant().equals(tenant) || verdict.getDecidedAt().isBefore(since)) {
            return;
        }
        if (verdict.getListMatch() != null) {
            decidedByLists++;
            return;
        }
        var scores = VerdictRecords.scores(verdict.getAnswers());
        if (scores.byQuestion().isEmpty()) {
            withoutScores++;
            return;
        }
        if (!needed.stream().allMatch(scores::has)) {
            notAsked++;
            return;
        }
        judged++;
        var sampledBy = VerdictRecords.sampledBy(verdict);
        compare(verdict, scores, Judge.decide(before, scores, sampledBy), Judge.decide(after, scores, sampledBy));
    }

    private void compare(Verdict verdict, Scores scores, Judgement old, Judgement next) {
        confusion.get(old.decision()).merge(next.decision(), 1L, Long::sum);
        sampledBefore += old.sampled() ? 1 : 0;
        sampledAfter += next.sampled() ? 1 : 0;
        if (old.decision() != next.decision()) {
            if (examples.size() < mostExamples) {
                examples.add(new Example(
                        verdict.getSubmissionId(),
                        verdict.getSubjectId(),
                        old.decision(),
                        next.decision(),
                        verdict.getDecidedAt(),
                        Judge.judge(after, scores, Optional.empty(), VerdictRecords.sampledBy(verdict))
                                .reasons()
                                .stream()
                                .findFirst()
                                .map(Reason::text)
                                .orElse("Nothing is found.")));
            }
        } else if (!old.labels().equals(next.labels())
                && !Set.copyOf(old.labels()).equals(Set.copyOf(next.labels()))) {
            otherLabels++;
        }
    }

    /** How many would go from one decision to another, or stay. */
    public long count(Decision from, Decision to) {
        return confusion.get(from).getOrDefault(to, 0L);
    }

    /** With another decision than before. */
    public long changed() {
        long same = 0;
        for (var decision : Decision.values()) {
            same += count(decision, decision);
        }
        return judged - same;
    }

    public long judged() {
        return judged;
    }

    /** With the same decision, but other labels. */
    public long otherLabels() {
        return otherLabels;
    }

    /** Allowed, and seen by people nevertheless. */
    public long sampled(boolean afterwards) {
        return afterwards ? sampledAfter : sampledBefore;
    }

    /** No policy changes these. */
    public long decidedByLists() {
        return decidedByLists;
    }

    /** The model had not answered. */
    public long withoutScores() {
        return withoutScores;
    }

    /** One of the policies asks what was not asked then. */
    public long notAsked() {
        return notAsked;
    }

    public List<Example> examples() {
        return List.copyOf(examples);
    }
}
