package io.unifluid.local;

import io.unifluid.local.client.CaptionRun;
import io.unifluid.local.client.Captioned;
import io.unifluid.local.client.Summary;
import io.unifluid.local.stack.StackSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The whole system on the sample archive, end to end, with what came out and how fast. */
@Command(
        name = "demo",
        description = "Start a broker, a registry, the topology and a worker, and caption the sample archive.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int SHOWN = 8;

    @Mixin
    private StackOptions options;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "how many pictures; above 200 the archive is taken again (default: all 200)")
    private int count;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (count < 0 || spec.commandLine().getParseResult().hasMatchedOption("--count") && count == 0) {
            throw new ParameterException(spec.commandLine(), "--count is " + count + "; give 1 or more.");
        }
        var archive = SampleArchive.in(StackOptions.checkout().resolve("infra/sample-archive"));
        var files = archive.files(count == 0 ? archive.size() : count);
        var settings = options.settings();
        var began = System.nanoTime();
        System.err.println("UniFluid Streams demo: " + files.size() + " pictures, data in " + settings.data());
        try (var session = Session.open(options, System.err)) {
            System.err.printf(Locale.ROOT, "  ready after %.1f s%n", (System.nanoTime() - began) / 1e9);
            var written = settings.data().resolve("demo-captions.jsonl");
            var summary = new Summary();
            var sample = new ArrayList<Captioned>();
            var right = new int[1];
            var start = System.nanoTime();
            try (var output = new ResultsFile(Optional.of(written));
                    var progress = new Progress(System.err, Progress.onTerminal(), files.size())) {
                new CaptionRun(session.client(), session.pictures(), session.failure()).run(files, done -> {
                    summary.add(done);
                    output.line(JsonLines.caption(done));
                    progress.step(done.caption().isPresent());
                    right[0] += archive.isRight(done) ? 1 : 0;
                    if (sample.size() < SHOWN && done.caption().isPresent()) {
                        sample.add(done);
                    }
                });
            }
            var took = Duration.ofNanos(System.nanoTime() - start);
            report(sample, summary, took, right[0], written);
            return summary.failed() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
        }
    }

    private void report(Iterable<Captioned> sample, Summary summary, Duration took, int right, Path written) {
        System.out.println();
        for (var done : sample) {
            System.out.println(done.file().getFileName() + "  "
                    + done.caption().orElseThrow().getText());
        }
        System.out.println();
        summary.lines(took).forEach(System.out::println);
        if (StackSettings.NOOP.equals(options.settings().model())) {
            System.out.println("exact      not counted: the no-op model does not look at the pictures");
        } else if (summary.captioned() > 0) {
            System.out.printf(
                    Locale.ROOT,
                    "exact      %d of %d captions are word for word the archive's own (%.1f %%)%n",
                    right,
                    summary.captioned(),
                    100.0 * right / summary.captioned());
        }
        System.out.println("written    " + written);
    }
}
