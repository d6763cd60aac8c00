package io.unifluid.cli;

import io.unifluid.client.Cancels;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks for requests to be cancelled. */
@Command(
        name = "cancel",
        description = {
            "Cancel requests, wherever they are on their way.",
            "One that has its result keeps it; one that is not known yet is cancelled if it comes within minutes."
        },
        mixinStandardHelpOptions = true)
final class CancelCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Parameters(index = "0..*", arity = "1..*", paramLabel = "REQUEST_ID", description = "one or more request ids")
    private List<String> requestIds;

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            defaultValue = Session.TENANT,
            description = "whose requests they are, as they name it (${DEFAULT-VALUE}, which this command's own name);"
                    + " a cancel of another tenant has no effect")
    private String tenant;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "why, for the result")
    private String reason;

    @Override
    public Integer call() {
        if (requestIds.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("A request id is blank: give the id that the request was sent with.");
        }
        try (var cancels = new Cancels(cluster.cluster())) {
            cancels.send(requestIds, tenant, reason);
        }
        var screen = Screen.standard();
        requestIds.forEach(id -> screen.result("asked to cancel " + id));
        return ExitCode.OK;
    }
}
