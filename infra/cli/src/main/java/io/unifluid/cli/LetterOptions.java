package io.unifluid.cli;

import io.unifluid.operations.deadletter.LetterFilter;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which dead letters are meant. */
final class LetterOptions {
    @Option(names = "--reason", paramLabel = "TEXT", description = "the reason has this text in it, whatever the case")
    private String reason;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "it came from this topic; 'unifluid.' may be left out")
    private String topic;

    @Option(names = "--since", paramLabel = "AGE", description = "not older: 90s, 10m, 24h, 7d, or an instant")
    private String since;

    @Option(names = "--tenant", paramLabel = "TENANT", description = "of this tenant, where it can be decoded")
    private String tenant;

    @Option(
            names = "--request",
            paramLabel = "ID",
            description = "of this request, by its key or where it can be decoded")
    private String request;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "9223372036854775807",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "at most N (default: all)")
    private long limit;

    LetterFilter filter() {
        return new LetterFilter(
                Optional.ofNullable(reason),
                Optional.ofNullable(topic),
                Optional.ofNullable(since).map(text -> Ages.since("--since", text, Instant.now())),
                Optional.ofNullable(tenant),
                Optional.ofNullable(request));
    }

    long limit() {
        if (limit < 1) {
            throw new IllegalArgumentException("--limit is " + limit + "; give 1 or more.");
        }
        return limit;
    }
}
