package io.unifluid.scheduling.task;

import java.util.Optional;

/** Measures a validated request: its lane, bucket, cost and bytes. */
public final class WorkProfiles {
    /** What a request adds to a batch record beside its texts and picture: ids, times, enums; generous. */
    static final long FIXED_BYTES = 200;

    private final CostModel costs;

    public WorkProfiles(CostModel costs) {
        this.costs = costs;
    }

    /**
     * The profile of a request that {@code RequestValidator} let pass.
     *
     * @param computationKey see {@link WorkProfile#computationKey()}
     * @throws IllegalArgumentException when the request has no task, which validation refuses
     */
    public WorkProfile profile(RequestFacts facts, Optional<String> computationKey) {
        Task task = facts.task()
                .orElseThrow(() -> new IllegalArgumentException("A request without a task has no profile."));
        return new WorkProfile(
                facts.requestId(),
                facts.tenant(),
                Lane.of(task, facts.interactive()),
                Buckets.key(task, facts.model()),
                costs.cost(task),
                bytes(facts, task),
                facts.deadline(),
                computationKey);
    }

    private static long bytes(RequestFacts facts, Task task) {
        long text = facts.requestId().length()
                + facts.tenant().length()
                + TaskKind.of(task).parameters().stream()
                        .mapToLong(Parameter::textChars)
                        .sum()
                + facts.labels().entrySet().stream()
                        .mapToLong(label ->
                                label.getKey().length() + label.getValue().length())
                        .sum();
        long inline = facts.picture().map(p -> p.inlineBytes().orElse(0)).orElse(0L);
        long uri = facts.picture().flatMap(Picture::uri).map(String::length).orElse(0);
        // Three bytes cover any UTF-16 unit in UTF-8.
        return FIXED_BYTES + 3 * (text + uri) + inline;
    }
}
