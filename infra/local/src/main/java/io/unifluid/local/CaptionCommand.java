package io.unifluid.local;

import io.unifluid.local.client.CaptionRun;
import io.unifluid.local.client.Captioned;
import io.unifluid.local.client.PictureFiles;
import io.unifluid.local.client.Summary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Captions files and folders. */
@Command(
        name = "caption",
        description = "Caption pictures: one line 'file<TAB>caption' each, in order of completion.",
        mixinStandardHelpOptions = true)
final class CaptionCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options;

    @Parameters(arity = "1..*", paramLabel = "DIR|FILE", description = "pictures, or folders of them")
    private List<Path> paths;

    @Option(names = "--json", description = "print JSON lines instead")
    private boolean json;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "write JSON lines to this file, captions not to the screen")
    private Path output;

    @Override
    public Integer call() {
        var files = PictureFiles.of(paths);
        var summary = new Summary();
        // Opened first, so that a wrong name is said before minutes of work.
        try (var written = new ResultsFile(Optional.ofNullable(output));
                var session = Session.open(options, System.err)) {
            var start = System.nanoTime();
            try (var progress = new Progress(System.err, Progress.onTerminal(), files.size())) {
                new CaptionRun(session.client(), session.pictures(), session.failure()).run(files, done -> {
                    summary.add(done);
                    progress.clear();
                    show(done, written);
                    progress.step(done.caption().isPresent());
                });
            }
            summary.lines(Duration.ofNanos(System.nanoTime() - start)).forEach(System.err::println);
        }
        return summary.failed() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private void show(Captioned done, ResultsFile written) {
        var line = JsonLines.caption(done);
        written.line(line);
        if (json) {
            System.out.println(line);
        } else if (done.problem().isPresent()) {
            System.err.println(done.file() + ": " + done.problem().get());
        } else if (output == null) {
            System.out.println(done.file() + "\t" + done.caption().orElseThrow().getText());
        }
    }
}
