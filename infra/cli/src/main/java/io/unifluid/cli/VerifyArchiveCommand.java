package io.unifluid.cli;

import io.unifluid.archive.run.Verification;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Proves from the topics that the rows of a run are what the system has answered. */
@Command(
        name = "verify",
        description = {
            "Prove from the topics that the rows of a run are the system's answers: one result for each request, one row"
                    + " for each result that says the same, no item twice, and the shards as they were written.",
            "Reads the running local stack, or another cluster; changes nothing. That every picture of the archive has"
                    + " its row is shown by 'archive run' itself, which then has nothing to do."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:proven, and complete",
            "1:broken, or not complete; one sentence per broken rule",
            "2:the command line is wrong, or the folder holds no run",
            "3:nothing is proven, since the topics or the rows could not be read"
        })
final class VerifyArchiveCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Parameters(paramLabel = "FOLDER", description = "what was given as --to")
    private Path destination;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        Verification.requireRun(destination);
        var report = new Verification(cluster.cluster()).verify(destination);
        var screen = Screen.standard();
        boolean good = report.proven() && report.complete();
        if (json) {
            var node = JsonLines.object()
                    .put("proven", report.proven())
                    .put("complete", report.complete())
                    .put("runs", report.runs())
                    .put("rows", report.rows());
            report.byStatus().forEach(node.putObject("byStatus")::put);
            node.put("unsent", report.unsent())
                    .put("open", report.open())
                    .put("superseded", report.superseded())
                    .put("nearDuplicates", report.nearDuplicates())
                    .put("forgotten", report.forgotten())
                    .put("violations", report.brokenCount());
            report.broken().forEach(node.putArray("broken")::add);
            screen.json(node);
            return good ? ExitCode.OK : ExitCode.SOME_FAILED;
        }
        screen.result("rows        " + report.rows() + " " + report.byStatus()
                + (report.runs() > 1 ? " in " + report.runs() + " parts" : ""));
        screen.result("open        " + report.open());
        if (report.superseded() > 0) {
            screen.result("superseded  " + report.superseded() + " results of rows that were asked for again");
        }
        if (report.nearDuplicates() > 0) {
            screen.result("near        " + report.nearDuplicates()
                    + " rows with the answer of a picture that looks the same");
        }
        report.broken().forEach(sentence -> screen.result("BROKEN: " + sentence));
        screen.result("verdict     "
                + (report.brokenCount() > 0
                        ? "broken, " + report.brokenCount() + " times"
                        : report.forgotten() > 0
                                ? "not proven: the topics do not keep the results of " + report.forgotten()
                                        + " rows any more"
                                : report.complete()
                                        ? "proven: every request has one result, and every result one row"
                                        : "proven so far; run 'archive run' again to finish"));
        return good ? ExitCode.OK : ExitCode.SOME_FAILED;
    }
}
