package io.unifluid.streams.readiness;

import io.unifluid.schemas.access.HangingTransactions;
import io.unifluid.streams.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.streams.KafkaStreams;

/** The decisions behind {@link Readiness}: what was seen in, one sentence out where it is trouble. Pure. */
public final class Troubles {
    /** Share of a topic's retention that its oldest unread record may have lain there without and with a warning. */
    private static final double WARNING = 0.5;

    private static final double NEAR_THE_END = 0.8;
    /** One may fail on a machine that is busy for a moment. */
    private static final int FAILED_LOOKS = 2;

    /**
     * @param restored records of stores that are being made anew
     * @param toRestore all of their records; 0 while there are none
     */
    static Optional<String> state(KafkaStreams.State state, long restored, long toRestore) {
        return switch (state) {
            case RUNNING -> Optional.empty();
            case CREATED, REBALANCING ->
                Optional.of(
                        toRestore == 0
                                ? state + ": it is taking over its partitions; wait."
                                : state + ": it is making its stores anew, " + restored + " of " + toRestore
                                        + " records; wait.");
            case PENDING_SHUTDOWN, NOT_RUNNING -> Optional.of(state + ": it is being stopped.");
            case PENDING_ERROR, ERROR -> Optional.of(state + ": it failed for good; see its log and start it again.");
        };
    }

    /** Why the process is of no use any more. */
    public static Optional<String> ended(KafkaStreams.State state) {
        return switch (state) {
            case CREATED, REBALANCING, RUNNING -> Optional.empty();
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> state(state, 0, 0);
        };
    }

    /** @param needed topics without which the app cannot work */
    static Optional<String> missing(Collection<String> needed, ClusterView view) {
        var missing = new TreeSet<>(needed);
        missing.removeAll(view.partitions().keySet());
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("These topics are not there any more: " + String.join(", ", missing)
                        + "; create them again, with the partitions that they had.");
    }

    /** The first topic whose unread records will soon be deleted. */
    static Optional<String> nearRetention(ClusterView view) {
        return aged(view, NEAR_THE_END)
                .map(sentence ->
                        sentence + ": start more instances or raise its retention.ms before it is deleted unread.");
    }

    /** The first topic whose unread records have lain there for long. */
    static Optional<String> ageing(ClusterView view) {
        return aged(view, WARNING).map(sentence -> sentence + ": see that the backlog becomes shorter.");
    }

    private static Optional<String> aged(ClusterView view, double share) {
        return view.oldestUnread().entrySet().stream()
                .filter(entry -> view.retention().containsKey(entry.getKey()))
                .filter(entry -> entry.getValue().toMillis()
                        >= share * view.retention().get(entry.getKey()).toMillis())
                .sorted(Map.Entry.comparingByKey())
                .findFirst()
                .map(entry -> "The oldest unread record of " + entry.getKey() + " has lain there for "
                        + Durations.rough(entry.getValue()) + " of the "
                        + Durations.rough(view.retention().get(entry.getKey())) + " that the topic keeps it");
    }

    /** The first transaction that must be ended by hand. */
    static Optional<String> hanging(List<HangingTransactions.Hanging> all) {
        return all.stream()
                .min(Comparator.comparing(one -> one.partition().toString()))
                .map(one ->
                        one.sentence() + ": end it with 'unifluid transactions --abort' or with 'kafka-transactions.sh"
                                + " --bootstrap-server .. abort --topic "
                                + one.partition().topic() + " --partition "
                                + one.partition().partition() + " --start-offset " + one.offset() + "'.");
    }

    /** @param every how often it is looked */
    static Optional<String> silent(Heard heard, Instant now, Duration every) {
        var bearable = every.multipliedBy(3).plusSeconds(5);
        var silence = Duration.between(heard.answered(), now);
        if (silence.compareTo(bearable) > 0) {
            return Optional.of("Kafka has not answered for " + silence.toSeconds() + " s: check that its brokers run.");
        }
        var incomplete = Duration.between(heard.whole(), now);
        return heard.failed() < FAILED_LOOKS || incomplete.compareTo(bearable) <= 0
                ? Optional.empty()
                : Optional.of("Kafka has not answered all questions for " + incomplete.toSeconds()
                        + " s: check that all of its brokers run.");
    }

    private Troubles() {}
}
