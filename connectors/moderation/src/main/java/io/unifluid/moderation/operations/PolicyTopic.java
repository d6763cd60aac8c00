package io.unifluid.moderation.operations;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicWriter;
import io.unifluid.moderation.event.Keys;
import io.unifluid.moderation.event.PolicyBook;
import io.unifluid.moderation.event.PolicyRecords;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.moderation.policy.PolicyRules;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The policies as they lie on their topic at one moment, and how one more comes there. */
public final class PolicyTopic {
    /**
     * One version.
     *
     * @param problems why it judges nothing; none for a sound one
     */
    public record Entry(Policy policy, String author, Instant createdAt, List<String> problems) {
        public Entry {
            problems = List.copyOf(problems);
        }
    }

    /** What became of a policy that was to be applied. */
    public sealed interface Applied {
        record Written(Policy policy) implements Applied {}

        /** It says what the version in force says. */
        record Unchanged(Policy policy) implements Applied {}
    }

    private final Cluster cluster;
    private final PolicyBook book = new PolicyBook();
    private final Map<String, Entry> entries = new TreeMap<>();
    private final long unreadable;

    private PolicyTopic(Cluster cluster) {
        this.cluster = cluster;
        this.unreadable = Recorded.read(cluster, Topics.POLICIES, (key, value) -> {
                    if (value == null) {
                        book.remove(key);
                        entries.remove(key);
                        return;
                    }
                    var received = PolicyRecords.read(key, value);
                    entries.put(
                            key,
                            new Entry(received.policy(), value.getAuthor(), value.getCreatedAt(), received.problems()));
                    if (received.sound()) {
                        book.put(received.policy());
                    }
                })
                .unreadable();
    }

    /** @throws EnvironmentProblem when the topic cannot be read */
    public static PolicyTopic read(Cluster cluster) {
        return new PolicyTopic(cluster);
    }

    /** Records that are no policies at all. */
    public long unreadable() {
        return unreadable;
    }

    public PolicyBook book() {
        return book;
    }

    /** All versions, those that judge nothing too; by tenant, name and version. */
    public List<Entry> entries() {
        return entries.values().stream()
                .sorted(Comparator.comparing((Entry entry) -> entry.policy().tenant())
                        .thenComparing(entry -> entry.policy().name())
                        .thenComparing(entry -> entry.policy().version()))
                .toList();
    }

    /** The version that is in force, or was when the policy was retired. */
    public Optional<Policy> latest(String tenant, String name) {
        var history = book.history(tenant, name);
        return history.isEmpty() ? Optional.empty() : Optional.of(history.getLast());
    }

    /** The policies of a tenant with this one in place of its namesake. */
    public List<Policy> with(Policy policy) {
        return Stream.concat(
                        book.inForce(policy.tenant()).stream()
                                .filter(other -> !other.name().equals(policy.name())),
                        Stream.of(policy))
                .toList();
    }

    /**
     * Writes the next version.
     *
     * @throws IllegalArgumentException one sentence, when it cannot work beside the tenant's others
     * @throws EnvironmentProblem when the broker does not take it, or somebody else wrote the same version meanwhile
     */
    public Applied apply(Policy policy, String author) {
        var problems = new ArrayList<>(PolicyRules.problems(policy));
        problems.addAll(PolicyRules.problemsTogether(with(policy)));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "The policy '" + policy.name() + "' is not applied: " + String.join(" ", problems));
        }
        var latest = latest(policy.tenant(), policy.name());
        if (latest.isPresent() && latest.get().same(policy)) {
            return new Applied.Unchanged(latest.get());
        }
        return new Applied.Written(write(policy.withVersion(next(policy)), author));
    }

    /**
     * Writes the version that ends a policy.
     *
     * @throws IllegalArgumentException one sentence, when there is none or it has ended
     */
    public Policy retire(String tenant, String name, String why, String author) {
        var latest = latest(tenant, name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "The tenant '" + tenant + "' has no policy '" + name + "': see 'unifluid policy list'."));
        if (latest.retired()) {
            throw new IllegalArgumentException("The policy '" + name + "' is retired already.");
        }
        return write(latest.retiredAs(next(latest), why), author);
    }

    /** After every version on the topic, also those that judge nothing. */
    private int next(Policy policy) {
        return 1
                + entries.values().stream()
                        .map(Entry::policy)
                        .filter(other -> other.tenant().equals(policy.tenant())
                                && other.name().equals(policy.name()))
                        .mapToInt(Policy::version)
                        .max()
                        .orElse(0);
    }

    private Policy write(Policy policy, String author) {
        var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (var writer = new TopicWriter<>(cluster, Topics.POLICIES)) {
            writer.send(Keys.of(policy), PolicyRecords.written(policy, author, at));
        }
        var there = PolicyTopic.read(cluster).entries.get(Keys.of(policy));
        if (there == null || !there.policy().equals(policy) || !there.author().equals(author)) {
            throw new EnvironmentProblem("Somebody else wrote version " + policy.version() + " of the policy '"
                    + policy.name() + "' at the same moment: look with 'unifluid policy diff', and apply yours again.");
        }
        return policy;
    }
}
