package io.unifluid.cli;

import io.unifluid.blobs.BlobStores;
import io.unifluid.operations.blobs.BlobCollector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes blobs that nobody needs any more. */
@Command(
        name = "collect",
        description = {
            "Remove the blobs of requests that finished longer than the retention ago.",
            "Never one that is younger, or that an unfinished request or a dead letter names."
        },
        mixinStandardHelpOptions = true)
final class CollectBlobsCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofHours(1);

    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = "--retention",
            paramLabel = "AGE",
            defaultValue = "7d",
            description =
                    "how long a blob stays after it was put and after its request finished: 24h, 7d (default: ${DEFAULT-VALUE})")
    private String retention;

    @Option(
            names = "--application-id",
            paramLabel = "ID",
            defaultValue = "unifluid-streams",
            description = "of the streams app (default: ${DEFAULT-VALUE})")
    private String applicationId;

    @Option(names = "--dry-run", description = "count what would be removed, and remove nothing")
    private boolean dryRun;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        var keep = Ages.duration("--retention", retention);
        if (keep.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("--retention is '" + retention
                    + "'; give 1h or more, so that what was just uploaded is not removed before its request comes.");
        }
        var on = cluster.cluster();
        var location = on.blobs()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Give --blob-store: the folder or s3://bucket/prefix that the workers of that cluster use."));
        if (!location.startsWith("s3:") && !Files.isDirectory(Path.of(location))) {
            throw new IllegalArgumentException("The blob store " + location
                    + " is no folder that is there: give the one that the workers use, or s3://bucket/prefix.");
        }
        try (var store = BlobStores.open(location)) {
            var summary = new BlobCollector(on, store, applicationId).collect(Instant.now(), keep, dryRun);
            var screen = Screen.standard();
            (json ? Stream.of(json(summary)) : text(summary).lines()).forEach(screen::result);
        }
        return ExitCode.OK;
    }

    private String text(BlobCollector.Summary summary) {
        var text = new StringBuilder(dryRun ? "would remove " : "removed ")
                .append(summary.removed())
                .append(" of ")
                .append(summary.seen())
                .append(" blobs (")
                .append(summary.removedBytes() >> 20)
                .append(" MiB)");
        summary.kept()
                .forEach((reason, count) -> text.append(System.lineSeparator())
                        .append("kept ")
                        .append(count)
                        .append(' ')
                        .append(reason.words()));
        return text.toString();
    }

    private String json(BlobCollector.Summary summary) {
        var node = JsonLines.object()
                .put("dryRun", dryRun)
                .put("seen", summary.seen())
                .put("removed", summary.removed())
                .put("removedBytes", summary.removedBytes());
        var kept = node.putObject("kept");
        summary.kept().forEach((reason, count) -> kept.put(reason.name(), count));
        return JsonLines.line(node);
    }
}
