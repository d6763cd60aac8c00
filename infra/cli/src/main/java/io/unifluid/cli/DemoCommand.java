package io.unifluid.cli;

import io.unifluid.client.Answered;
import io.unifluid.client.Request;
import io.unifluid.client.Summary;
import io.unifluid.stack.DataFolder;
import io.unifluid.stack.StackSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
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

    private final Screen screen = Screen.standard();

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
        screen.note("UniFluid Streams demo: " + files.size() + " pictures, data in " + settings.data());
        try (var session = Session.open(options, screen)) {
            screen.note(String.format(Locale.ROOT, "  ready after %.1f s", (System.nanoTime() - began) / 1e9));
            var written = DataFolder.file(settings.data(), DataFolder.DEMO);
            var summary = new Summary("captioned", files.size());
            var sample = new ArrayList<Answered>();
            var right = new int[1];
            var start = System.nanoTime();
            try (var output = ResultsFile.open(written, ResultsFile.Existing.REPLACED);
                    var progress = new Progress(screen, files.size())) {
                session.run(picture -> Request.caption(picture).bulk()).run(files, done -> {
                    summary.add(done);
                    output.line(JsonLines.line(JsonLines.of(done)));
                    progress.step(summary.failed());
                    right[0] += archive.isRight(done) ? 1 : 0;
                    if (sample.size() < SHOWN && done.succeeded()) {
                        sample.add(done);
                    }
                });
            }
            var took = Duration.ofNanos(System.nanoTime() - start);
            report(sample, summary, took, right[0], written);
            return summary.complete() ? ExitCode.OK : ExitCode.SOME_FAILED;
        }
    }

    private void report(Iterable<Answered> sample, Summary summary, Duration took, int right, Path written) {
        screen.result("");
        for (var done : sample) {
            screen.result(done.file().getFileName() + "  "
                    + done.caption().orElseThrow().getText());
        }
        screen.result("");
        summary.lines(took).forEach(screen::result);
        if (StackSettings.NOOP.equals(options.settings().model())) {
            screen.result("exact      not counted: the no-op model does not look at the pictures");
        } else if (summary.succeeded() > 0) {
            screen.result(String.format(
                    Locale.ROOT,
                    "exact      %d of %d captions are word for word the archive's own (%.1f %%)",
                    right,
                    summary.succeeded(),
                    100.0 * right / summary.succeeded()));
        }
        screen.result("written    " + written);
        screen.result("for HTTP   ./unifluid up serves " + options.settings().gatewayUrl()
                + "/v1 to clients of OpenAI's API");
    }
}
