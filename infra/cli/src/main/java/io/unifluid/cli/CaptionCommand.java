package io.unifluid.cli;

import io.unifluid.client.Answered;
import io.unifluid.client.PictureSelection;
import io.unifluid.client.Request;
import io.unifluid.client.Summary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Captions files and folders. */
@Command(
        name = "caption",
        description = {
            "Caption pictures: one line 'file<TAB>caption' each, in order of completion.",
            "Of a folder the pictures are taken, by extension or by their first bytes; links are followed, hidden files"
                    + " are not taken. A file that is named is taken whatever it is.",
            "Control-C cancels what is on its way, and says what has been done."
        },
        mixinStandardHelpOptions = true)
final class CaptionCommand implements Callable<Integer> {
    private final Screen screen = Screen.standard();

    @Mixin
    private StackOptions options;

    @Parameters(arity = "1..*", paramLabel = "DIR|FILE", description = "pictures, or folders of them")
    private List<Path> paths;

    @Option(names = "--all", description = "take all files of a folder that are not hidden, whatever they are")
    private boolean all;

    @Option(names = "--json", description = "print JSON lines instead")
    private boolean json;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "write JSON lines to this file, captions not to the screen")
    private Path output;

    @ArgGroup
    private IfThere ifThere;

    /** What becomes of an output file that is there already. */
    private static final class IfThere {
        @Option(names = "--append", description = "add to the output file if it is there already")
        private boolean append;

        @Option(names = "--force", description = "replace the output file if it is there already")
        private boolean force;
    }

    @Override
    public Integer call() {
        var selection = PictureSelection.of(paths, all);
        var total = selection.pictures().size() + selection.unreadable().size();
        var summary = new Summary("captioned", total);
        // Opened first, so that a wrong name is said before minutes of work.
        try (var written = written()) {
            selection.unreadable().forEach(done -> show(done, summary, written));
            if (selection.pictures().isEmpty()) {
                summary.lines(Duration.ZERO).forEach(screen::note);
            } else {
                caption(selection, summary, written);
            }
        }
        return summary.complete() ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private void caption(PictureSelection selection, Summary summary, ResultsFile written) {
        try (var session = Session.open(options, screen)) {
            selection.leftOut().sentence().ifPresent(screen::note);
            var start = System.nanoTime();
            try (var progress = new Progress(screen, selection.pictures().size())) {
                // Bulk: a folder must not delay somebody's question.
                session.run(picture -> Request.caption(picture).bulk()).run(selection.pictures(), done -> {
                    show(done, summary, written);
                    progress.step(summary.failed());
                });
            } finally {
                summary.lines(Duration.ofNanos(System.nanoTime() - start)).forEach(screen::note);
            }
        }
    }

    private ResultsFile written() {
        if (output == null) {
            if (ifThere != null) {
                throw new IllegalArgumentException(
                        "--append and --force are about an output file: name it with --output.");
            }
            return ResultsFile.none();
        }
        return ResultsFile.open(
                output,
                ifThere == null
                        ? ResultsFile.Existing.REFUSED
                        : ifThere.append ? ResultsFile.Existing.APPENDED : ResultsFile.Existing.REPLACED);
    }

    /** Why there is no caption is said once per reason, at the end; in JSON with each. */
    private void show(Answered done, Summary summary, ResultsFile written) {
        summary.add(done);
        var line = JsonLines.of(done);
        written.line(JsonLines.line(line));
        if (json) {
            screen.json(line);
        } else if (output == null) {
            done.caption().ifPresent(caption -> screen.results(done.file().toString(), caption.getText()));
        }
    }
}
