package io.unifluid.chaos;

import io.unifluid.testkit.RunTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one run of {@code tests/chaos/moderation} showed; one line of JSON in the results folder.
 *
 * @param at when it began, ISO-8601
 * @param sentTwice records of submissions beyond the first of their id
 * @param kills how often each part was killed, by its name
 * @param byDecision verdicts
 * @param lost submissions without a verdict, after all the waiting
 * @param second verdicts after the first of their submission
 * @param orphans verdicts without a submission
 * @param seconds from the first submission until none was open, or the end of patience
 * @param broken one sentence for each rule that the auditor found broken
 */
record ModerationReport(
        String at,
        long seed,
        long submissions,
        long sentTwice,
        Map<String, Integer> kills,
        long verdicts,
        Map<String, Long> byDecision,
        long lost,
        long second,
        long orphans,
        long seconds,
        List<String> broken) {
    private static final String HEAD = """
            | seed | submissions | sent twice | killed | verdicts | lost | second verdicts | without a submission | seconds |
            |---|---|---|---|---|---|---|---|---|
            """;

    ModerationReport {
        kills = Map.copyOf(kills);
        byDecision = Map.copyOf(byDecision);
        broken = List.copyOf(broken);
    }

    static RunTable<ModerationReport> table(Path checkout) {
        return new RunTable<>(
                checkout,
                "chaos",
                "moderation",
                ModerationReport.class,
                HEAD,
                ModerationReport::row,
                ModerationReport::at);
    }

    private Stream<?> row() {
        return Stream.of(
                seed,
                submissions,
                sentTwice,
                kills.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(kill -> kill.getKey() + " " + kill.getValue())
                        .collect(Collectors.joining(", ")),
                verdicts,
                lost,
                second,
                orphans,
                seconds);
    }
}
