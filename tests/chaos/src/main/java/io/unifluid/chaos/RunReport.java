package io.unifluid.chaos;

import java.util.List;
import java.util.Map;

/**
 * What one run showed; one line of JSON in the results folder.
 *
 * @param at when it began, ISO-8601
 * @param rate requests a second
 * @param sentTwice request records beyond the first of their id
 * @param refused records that the brokers did not take
 * @param lost requests without a result, after all the waiting
 * @param second visible results after the first of their request
 * @param orphans results without a request
 * @param seconds from the first request to the last result
 * @param endedByThemselves processes that nobody had killed and that were started again
 * @param broken one sentence for each rule that the auditor found broken
 */
record RunReport(
        String at,
        long seed,
        String model,
        Shape shape,
        double rate,
        long requests,
        long sentTwice,
        int refused,
        Map<String, Long> byStatus,
        long lost,
        long second,
        long orphans,
        long deadLetters,
        int mostAttempts,
        double seconds,
        List<FaultReport> faults,
        List<String> endedByThemselves,
        List<String> broken) {
    RunReport {
        faults = List.copyOf(faults);
        endedByThemselves = List.copyOf(endedByThemselves);
        broken = List.copyOf(broken);
    }

    /**
     * What one fault did.
     *
     * @param target from 1
     * @param atSecond since the first request
     * @param holdSeconds until it was undone
     * @param rateBefore results a second over the 5 s before it
     * @param recoverySeconds see {@link Throughput#recovery}; null when it did not recover before the run gave up
     * @param silenceSeconds the longest time without any result
     */
    record FaultReport(
            FaultKind kind,
            int target,
            double atSecond,
            double holdSeconds,
            double rateBefore,
            Double recoverySeconds,
            double silenceSeconds) {}

    boolean passed() {
        return broken.isEmpty() && refused == 0;
    }

    long notSucceeded() {
        return byStatus.entrySet().stream()
                .filter(entry -> !entry.getKey().equals("SUCCEEDED"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
