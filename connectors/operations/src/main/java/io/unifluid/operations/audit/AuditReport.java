package io.unifluid.operations.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the topics prove. The counts add up:
 *
 * <pre>
 * requestRecords = requests + sentAgain + withoutId + deadLetters.requests
 * requests       = results - second - orphans - unreadable - beforeRetention + open
 * </pre>
 *
 * @param of what was asked for, and what answers it
 * @param requestRecords records in the requests topic
 * @param requests different ids among those that did not become dead letters
 * @param sentAgain further records of the same ids
 * @param withoutId records without a key that did not become dead letters
 * @param results visible records in the results topic
 * @param byStatus results by status
 * @param beforeRetention results of requests that the topic has forgotten already
 * @param open requests without a result
 * @param openLong of these, the ones older than the grace period
 * @param second visible results after the first one of their request
 * @param orphans results without a request
 * @param unreadable records in the results topic that are no results; named by place
 * @param mostAttempts the most dispatches that one result took
 */
public record AuditReport(
        Words of,
        long requestRecords,
        long requests,
        long sentAgain,
        long withoutId,
        DeadLetters deadLetters,
        long results,
        Map<String, Long> byStatus,
        long beforeRetention,
        Violation open,
        long openLong,
        Violation second,
        Violation orphans,
        Violation unreadable,
        int mostAttempts) {
    public AuditReport {
        byStatus = java.util.Collections.unmodifiableMap(new TreeMap<>(byStatus));
    }

    /** How the two sides of a proof are called: requests have results, submissions have verdicts. */
    public record Words(String asked, String answer) {
        public static final Words REQUESTS = new Words("request", "result");
        public static final Words SUBMISSIONS = new Words("submission", "verdict");
    }

    /**
     * A count with the first few it is made of.
     *
     * @param names request ids, fewer than the count when there are many
     */
    public record Violation(long count, List<String> names) {
        public Violation {
            names = List.copyOf(names);
        }

        private String named() {
            return names.isEmpty() ? "" : " (" + String.join(", ", names) + (names.size() < count ? ", .." : "") + ")";
        }
    }

    /**
     * Dead letters by where they come from.
     *
     * @param requests request records that became dead letters
     * @param doubled dead letters after the first one of the same request record
     * @param others of other topics
     */
    public record DeadLetters(long requests, long doubled, long others) {}

    /**
     * One sentence for each rule that is broken; none when all is proven.
     *
     * @param complete nothing is on its way any more, so that a request without a result is lost
     */
    public List<String> broken(boolean complete) {
        var sentences = new ArrayList<String>();
        if (complete && open.count() > 0) {
            sentences.add(open.count() + " of " + requests + " " + of.asked() + "s have no " + of.answer()
                    + open.named() + ".");
        }
        if (complete && withoutId > 0) {
            sentences.add(withoutId + " " + of.asked() + " records without a key have no dead letter.");
        }
        if (second.count() > 0) {
            sentences.add(second.count() + " " + of.answer() + "s are not the first of their " + of.asked()
                    + second.named() + ".");
        }
        if (orphans.count() > 0) {
            sentences.add(orphans.count() + " " + of.answer() + "s have no " + of.asked() + orphans.named() + ".");
        }
        if (unreadable.count() > 0) {
            sentences.add(
                    unreadable.count() + " records among the " + of.answer() + "s are none" + unreadable.named() + ".");
        }
        if (deadLetters.doubled() > 0) {
            sentences.add(deadLetters.doubled() + " dead letters repeat one of the same " + of.asked() + " record.");
        }
        if (byStatus.containsKey("UNKNOWN")) {
            sentences.add(
                    byStatus.get("UNKNOWN") + " " + of.answer() + "s have a status that this version does not know.");
        }
        long settled = results - second.count() - orphans.count() - unreadable.count() - beforeRetention;
        if (requests != settled + open.count()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "The counts do not add up: %d %ss, but %d with a %s and %d without.",
                    requests,
                    of.asked(),
                    settled,
                    of.answer(),
                    open.count()));
        }
        return sentences;
    }

    /** Whether no rule is broken; see {@link #broken}. */
    public boolean proven(boolean complete) {
        return broken(complete).isEmpty();
    }
}
