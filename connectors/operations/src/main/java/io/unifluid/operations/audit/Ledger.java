package io.unifluid.operations.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The auditor's book. Enter all dead letters first, then all requests, then all results; then ask for the report.
 * Knows records only as ids, positions and times. Not thread-safe.
 */
public final class Ledger {
    private final AuditReport.Words words;
    private final int named;
    private final IdTable ids = new IdTable();
    private final Map<Position, Integer> deadLetters = new HashMap<>();
    private final Map<String, Long> byStatus = new TreeMap<>();
    private final List<String> second = new ArrayList<>();
    private final List<String> orphans = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private final List<String> open = new ArrayList<>();

    private long requestRecords;
    private long requestsDead;
    private long requestsWithoutId;
    private long otherDeadLetters;
    private long resultRecords;
    private long secondCount;
    private long orphanCount;
    private long unreadableCount;
    private long beforeRetention;
    private int mostAttempts;
    private boolean requestsForgotten;
    private long oldestRequest = Long.MAX_VALUE;

    /** Where a request record lies. */
    public record Position(String topic, int partition, long offset) {}

    /** @param named how many offending ids of each kind the report names at most */
    public Ledger(int named) {
        this(AuditReport.Words.REQUESTS, named);
    }

    /** @param words how the two sides are called in sentences */
    Ledger(AuditReport.Words words, int named) {
        this.words = words;
        this.named = named;
    }

    /** A dead letter that says which request record it was. */
    public void deadLetterOfRequest(Position position) {
        deadLetters.merge(position, 1, Integer::sum);
    }

    /** A dead letter from any other topic: no request is missing for it. */
    public void otherDeadLetter() {
        otherDeadLetters++;
    }

    /** Older requests are gone by retention, so results of requests older than those that are left prove nothing. */
    public void requestsWereForgotten() {
        requestsForgotten = true;
    }

    /** @param id null when the record has no key */
    public void request(String id, Position position, Instant at) {
        requestRecords++;
        oldestRequest = Math.min(oldestRequest, at.toEpochMilli());
        if (deadLetters.containsKey(position)) {
            requestsDead++;
        } else if (id == null) {
            requestsWithoutId++;
        } else {
            ids.add(id, at.toEpochMilli());
        }
    }

    /**
     * A visible result.
     *
     * @param submittedAt as in the request
     */
    public void result(String id, String status, int attempts, Instant submittedAt) {
        resultRecords++;
        mostAttempts = Math.max(mostAttempts, attempts);
        int results = ids.result(id);
        if (results == 0 && requestsForgotten && submittedAt.toEpochMilli() <= oldestRequest) {
            beforeRetention++;
            return;
        }
        byStatus.merge(status, 1L, Long::sum);
        if (results == 0) {
            orphanCount++;
            name(orphans, id);
        } else if (results > 1) {
            secondCount++;
            name(second, id);
        }
    }

    /** A record among the results that is none. */
    public void unreadableResult(String place) {
        resultRecords++;
        unreadableCount++;
        name(unreadable, place);
    }

    /** Offers an id, after all results; it is named in the report when it has no result. */
    public void nameIfOpen(String id) {
        if (ids.open(id) && !open.contains(id)) {
            name(open, id);
        }
    }

    /** Whether more names of requests without a result are wanted. */
    public boolean wantsOpenNames() {
        return open.size() < Math.min(named, ids.countOpen(Long.MAX_VALUE));
    }

    /**
     * Closes the book.
     *
     * @param youngSince requests that were sent at or after this moment may still be on their way
     */
    public AuditReport report(Instant youngSince) {
        long doubled =
                deadLetters.values().stream().mapToLong(count -> count - 1L).sum();
        return new AuditReport(
                words,
                requestRecords,
                ids.size(),
                requestRecords - requestsDead - requestsWithoutId - ids.size(),
                requestsWithoutId,
                new AuditReport.DeadLetters(requestsDead, doubled, otherDeadLetters),
                resultRecords,
                byStatus,
                beforeRetention,
                new AuditReport.Violation(ids.countOpen(Long.MAX_VALUE), open),
                ids.countOpen(youngSince.toEpochMilli()),
                new AuditReport.Violation(secondCount, second),
                new AuditReport.Violation(orphanCount, orphans),
                new AuditReport.Violation(unreadableCount, unreadable),
                mostAttempts);
    }

    private void name(List<String> names, String id) {
        if (names.size() < named) {
            names.add(id);
        }
    }
}
