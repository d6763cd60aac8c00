package io.unifluid.cli;

import io.unifluid.client.Cluster;
import io.unifluid.operations.deadletter.Redrive;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends dead letters again. */
@Command(
        name = "redrive",
        description = {
            "Send dead letters to the topics that they came from: the original bytes, key and headers.",
            "Each is sent once, however often this runs; the header unifluid.redrives counts."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all that were meant are sent, or had been",
            "1:some do not say where they came from or were cut, or you said no",
            "2:the command line or a setting is wrong",
            "3:the cluster is in the way"
        })
final class RedriveCommand implements Callable<Integer> {
    private final Screen screen = Screen.standard();

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LetterOptions letters;

    @Option(names = "--dry-run", description = "say what would be sent, and send nothing")
    private boolean dryRun;

    @Option(names = "--again", description = "also what was sent before")
    private boolean again;

    @Option(names = "--yes", description = "do not ask; nothing is asked either where nobody can answer")
    private boolean yes;

    @Option(names = "--json", description = "print one JSON object per dead letter, and one with the counts")
    private boolean json;

    @Override
    public Integer call() {
        var on = cluster.cluster();
        if (!dryRun && !yes && LetterLines.onTerminal() && !confirmed(on)) {
            screen.note("Nothing was sent.");
            return ExitCode.SOME_FAILED;
        }
        var lines = LetterLines.of(json);
        var summary = run(on, dryRun, letter -> screen.result(lines.line(letter, Optional.empty())));
        screen.result(json ? json(summary) : text(summary));
        if (summary.cut() > 0) {
            screen.note(summary.cut()
                    + " dead letters do not hold all of their record, so they cannot be sent again: 'dead-letters show' says what"
                    + " is missing; have their senders send them again, smaller.");
        }
        return summary.unroutable() + summary.cut() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private Redrive.Summary run(
            Cluster on, boolean dry, java.util.function.Consumer<io.unifluid.operations.deadletter.DeadLetter> each) {
        try (var redrive = new Redrive(on)) {
            return redrive.run(new Redrive.Wish(letters.filter(), letters.limit(), again, dry), each);
        }
    }

    private boolean confirmed(Cluster on) {
        var meant = run(on, true, letter -> {});
        var answer = System.console()
                .readLine(
                        "Send %d dead letters %s again on %s? [y/N] ",
                        meant.total(), meant.sent(), on.bootstrapServers());
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    private String text(Redrive.Summary summary) {
        return (dryRun ? "would send " : "sent ") + summary.total() + " "
                + (summary.sent().isEmpty() ? "" : summary.sent() + " ")
                + "| sent before " + summary.sentBefore()
                + " | without a topic of the system " + summary.unroutable()
                + " | cut " + summary.cut();
    }

    private String json(Redrive.Summary summary) {
        var node = JsonLines.object()
                .put("dryRun", dryRun)
                .put("sent", summary.total())
                .put("sentBefore", summary.sentBefore())
                .put("withoutTopic", summary.unroutable())
                .put("cut", summary.cut());
        var byTopic = node.putObject("byTopic");
        summary.sent().forEach(byTopic::put);
        return JsonLines.line(node);
    }
}
