package io.unifluid.cli;

import io.unifluid.archive.Content;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.RowFormat;
import io.unifluid.archive.run.ArchiveRun;
import io.unifluid.archive.run.RunProgress;
import io.unifluid.archive.run.RunReport;
import io.unifluid.archive.run.RunSettings;
import io.unifluid.archive.source.Archives;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.pdq.Pdq;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs archives through. */
@Command(
        name = "run",
        description = {
            "Ask the same of every picture of archives, and write one row for each into shards.",
            "Archives are folders, tar, tar.gz, zip and Parquet files, WebDataset shards, lists of URLs (.txt, .csv) and"
                    + " s3://bucket/prefix. Stopped at any moment, the same command goes on where it was: no row twice, none"
                    + " missing. What cannot be read is a row that says so."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every picture has a row that succeeded",
            "1:every picture has a row; some did not succeed",
            "2:the command line is wrong, or the destination holds something else",
            "3:it could not go on: the destination, the broker, the archive's store; run it again to go on",
            "130:stopped by Control-C; run it again to go on"
        })
final class RunArchiveCommand implements Callable<Integer> {
    private static final int EXAMPLES = 5;

    private final Screen screen = Screen.standard();

    @Mixin
    private StackOptions stack;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private ArchiveOptions archive;

    @Parameters(arity = "1..*", paramLabel = "SOURCE", description = "archives, in this order")
    private List<String> sources;

    @Option(names = "--to", paramLabel = "FOLDER", description = "where the rows are written")
    private Path destination;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "jsonl",
            description = "jsonl, csv, parquet, webdataset, or txt or json beside the pictures, or mirrored below --to"
                    + " (default: ${DEFAULT-VALUE})")
    private String format;

    @Option(
            names = "--shard-size",
            paramLabel = "ROWS",
            defaultValue = "10000",
            description =
                    "of a shard; the first ones have 10, 100 and 1000, to be looked at soon (default: ${DEFAULT-VALUE})")
    private int shardSize;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "2048",
            description = "requests on their way at most (default: ${DEFAULT-VALUE})")
    private int inFlight;

    @Option(names = "--retry-failed", description = "ask again for rows that did not succeed")
    private boolean retryFailed;

    @Option(names = "--redo-changed", description = "ask again for those, and for pictures that have another size now")
    private boolean redoChanged;

    @Option(
            names = "--near-duplicates",
            description =
                    "ask about pictures that look the same once; each has its row, which names the one whose answer it"
                            + " has")
    private boolean nearDuplicates;

    @Option(names = "--limit-rate", paramLabel = "N", description = "requests a second at most")
    private Double limitRate;

    @Option(
            names = "--sample",
            paramLabel = "N",
            description = "only so many pictures, spread over the archive; the same ones every time")
    private Integer sample;

    @Option(
            names = "--part",
            paramLabel = "I/N",
            description = "only the I-th of N parts, for N machines; each writes below --to in its own folder")
    private String part;

    @Option(names = "--dry-run", description = "count what would be asked, and send and write nothing")
    private boolean dryRun;

    @Option(names = "--moved", description = "the archives are those of the run, and lie elsewhere now")
    private boolean moved;

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            defaultValue = Session.TENANT,
            description = "whose requests they are (default: ${DEFAULT-VALUE})")
    private String tenant;

    @Option(
            names = "--model-name",
            paramLabel = "NAME",
            description = "only by the model of this name (default: whatever the workers run)")
    private String modelName;

    @Option(names = "--json", description = "print one JSON object at the end")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        var task = archive.task();
        var rows = RowFormat.named(format);
        var reader = Archives.of(sources, archive.selection(rows.wantsPictures()), archive.privateHosts);
        if (dryRun) {
            return count(reader);
        }
        if (destination == null) {
            throw new IllegalArgumentException("Say where to write the rows: --to FOLDER.");
        }
        requireElsewhere(reader, rows);
        var settings = new RunSettings(
                task,
                tenant,
                Optional.ofNullable(modelName),
                destination,
                rows,
                shardSize,
                inFlight,
                redoChanged
                        ? RunSettings.Retry.FAILED_AND_CHANGED
                        : retryFailed ? RunSettings.Retry.FAILED : RunSettings.Retry.NOTHING,
                limitRate == null ? OptionalDouble.empty() : OptionalDouble.of(limitRate),
                sample == null ? OptionalInt.empty() : OptionalInt.of(sample),
                Optional.ofNullable(part).map(RunSettings.Part::parse),
                moved);
        var progress = new RunProgress();
        try (var looks = new Looks(Optional.empty());
                var session = ArchiveSession.open(stack, cluster, screen)) {
            var run = new ArchiveRun(
                    reader,
                    archive.words(),
                    settings,
                    progress,
                    nearDuplicates
                            ? Optional.of(bytes ->
                                    looks.hash(bytes).filter(Pdq.Hashed::usable).map(Pdq.Hashed::hash))
                            : Optional.empty());
            long started = System.nanoTime();
            RunReport report;
            try (var _ = new ArchiveBar(screen, progress)) {
                report = run.run(session.cluster(), session.blobs(), session.stop(), session.failure());
            } catch (EnvironmentProblem e) {
                say(progress, Duration.ofNanos(System.nanoTime() - started), Optional.empty());
                throw e;
            }
            say(progress, report.took(), Optional.of(report));
            if (!report.complete()) {
                screen.note("stopped    run the same command again to go on");
                return ExitCode.INTERRUPTED;
            }
            return progress.failed() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
        }
    }

    /** Shards among the pictures would be pictures of the next run. */
    private void requireElsewhere(Archives reader, RowFormat rows) {
        var to = destination.toAbsolutePath().normalize();
        for (var source : reader.local()) {
            var from = source.toAbsolutePath().normalize();
            if (to.startsWith(from) && !(rows.besidePictures() && to.equals(from))) {
                throw new IllegalArgumentException("The destination " + destination + " lies in the archive " + source
                        + ": name a folder outside of it"
                        + (rows.besidePictures() ? ", or the archive's folder itself." : "."));
            }
        }
    }

    private void say(RunProgress progress, Duration took, Optional<RunReport> report) {
        if (json) {
            screen.json(summary(progress, took, report));
            return;
        }
        double seconds = Math.max(took.toNanos() / 1e9, 1e-9);
        long rows = progress.done() + progress.earlier();
        screen.note(String.format(
                Locale.ROOT,
                "rows       %d%s: %d now, %d before; %.1f s, %.1f/s",
                rows,
                progress.total().isPresent() ? " of " + progress.total().getAsLong() : "",
                progress.done(),
                progress.earlier(),
                seconds,
                progress.done() / seconds));
        screen.note("shards     " + progress.shards() + " written to " + destination);
        if (nearDuplicates) {
            screen.note(
                    "near       " + progress.nearDuplicates() + " with the answer of a picture that looks the same");
        }
        if (!progress.model().isEmpty()) {
            screen.note("model      " + progress.model());
        }
        screen.note("failed     " + progress.failed());
        progress.kinds().entrySet().stream()
                .sorted((one, other) -> Long.compare(other.getValue(), one.getValue()))
                .limit(EXAMPLES)
                .forEach(kind -> screen.note("  " + kind.getValue() + " " + kind.getKey() + ", such as "
                        + progress.examples().get(kind.getKey())));
        report.ifPresent(done -> {
            done.leftOut().ifPresent(screen::note);
            if (done.gone() > 0) {
                screen.note(
                        "gone       " + done.gone() + " rows are of pictures that are not there any more; they stay");
            }
            if (done.changed() > 0) {
                screen.note("changed    " + done.changed() + " pictures have another size than when they were read"
                        + (redoChanged ? "" : "; --redo-changed asks for them again"));
            }
        });
    }

    private com.fasterxml.jackson.databind.node.ObjectNode summary(
            RunProgress progress, Duration took, Optional<RunReport> report) {
        var node = JsonLines.object()
                .put("complete", report.map(RunReport::complete).orElse(false))
                .put("rows", progress.done() + progress.earlier())
                .put("now", progress.done())
                .put("before", progress.earlier())
                .put("sent", progress.sent())
                .put("failed", progress.failed())
                .put("shards", progress.shards())
                .put("nearDuplicates", progress.nearDuplicates())
                .put("seconds", took.toMillis() / 1e3);
        progress.total().ifPresent(total -> node.put("total", total));
        if (!progress.model().isEmpty()) {
            node.put("model", progress.model());
        }
        var kinds = node.putObject("failures");
        progress.kinds().forEach(kinds::put);
        report.ifPresent(done -> {
            node.put("gone", done.gone()).put("changed", done.changed());
            done.leftOut().ifPresent(line -> node.put("leftOut", line));
        });
        return node;
    }

    private int count(Archives reader) throws InterruptedException {
        var leftOut = new LeftOut();
        var parts = Optional.ofNullable(part).map(RunSettings.Part::parse);
        long items = 0;
        long bytes = 0;
        var broken = new TreeMap<String, Long>();
        var examples = new TreeMap<String, String>();
        try (var all = reader.open(Position.START, leftOut)) {
            for (var item = all.next(); item != null; item = all.next()) {
                if (parts.isPresent()
                        && item.part(parts.get().of()) != parts.get().number()) {
                    continue;
                }
                items++;
                bytes += item.size().orElse(0);
                if (item.content() instanceof Content.Broken(var failure)) {
                    broken.merge(failure.kind(), 1L, Long::sum);
                    examples.putIfAbsent(
                            failure.kind(),
                            (item.member().isEmpty() ? item.archive() : item.member()) + ": " + failure.message());
                }
            }
        }
        if (json) {
            var node =
                    JsonLines.object().put("dryRun", true).put("items", items).put("bytes", bytes);
            broken.forEach(node.putObject("failures")::put);
            leftOut.sentence().ifPresent(line -> node.put("leftOut", line));
            screen.json(node);
        } else {
            screen.result("would ask for " + (sample == null ? items : Math.min(sample, items)) + " pictures"
                    + (sample == null ? "" : " of " + items) + ", " + (bytes >> 20) + " MiB");
            broken.forEach((kind, count) ->
                    screen.result("would fail " + count + " " + kind + ", such as " + examples.get(kind)));
            leftOut.sentence().ifPresent(screen::result);
        }
        return ExitCode.OK;
    }
}
