package io.unifluid.cli;

import io.unifluid.operations.transactions.Transactions;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds transactions that nobody will end, and ends them. */
@Command(
        name = "transactions",
        description = {
            "List transactions in the system's topics that nobody will end, behind which nothing is read.",
            "A local stack ends them by itself after a minute. Takes ten seconds."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:none hangs, or all were aborted",
            "1:some hang",
            "2:the command line or a setting is wrong",
            "3:the cluster is in the way"
        })
final class TransactionsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--abort", description = "abort those that hang: what they wrote counts as never written")
    private boolean abort;

    @Option(names = "--json", description = "print JSON lines")
    private boolean json;

    @Override
    public Integer call() {
        var screen = Screen.standard();
        var found = Transactions.hanging(cluster.cluster(), PATIENCE, abort);
        for (var one : found) {
            screen.result(
                    json
                            ? JsonLines.line(JsonLines.object()
                                    .put("topic", one.partition().topic())
                                    .put("partition", one.partition().partition())
                                    .put("offset", one.offset())
                                    .put("producerId", one.producerId())
                                    .put("aborted", abort))
                            : one.sentence() + (abort ? "; it was aborted." : "."));
        }
        if (found.isEmpty() && !json) {
            screen.note("No transaction hangs.");
        } else if (!abort && !found.isEmpty() && !json) {
            screen.note("'unifluid transactions --abort' ends them.");
        }
        return abort || found.isEmpty() ? ExitCode.OK : ExitCode.SOME_FAILED;
    }
}
