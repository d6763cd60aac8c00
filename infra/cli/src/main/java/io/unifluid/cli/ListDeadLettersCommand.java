package io.unifluid.cli;

import io.unifluid.operations.deadletter.DeadLetterTopic;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists dead letters, oldest first within a partition. */
@Command(
        name = "list",
        description = "List dead letters: place, time, origin, key, bytes, how often sent again, reason.",
        mixinStandardHelpOptions = true)
final class ListDeadLettersCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LetterOptions letters;

    @Option(names = "--json", description = "print one JSON object per line")
    private boolean json;

    @Override
    public Integer call() {
        var filter = letters.filter();
        var limit = letters.limit();
        var lines = LetterLines.of(json);
        var screen = Screen.standard();
        var shown = new long[1];
        try (var topic = new DeadLetterTopic(cluster.cluster())) {
            var redriven = topic.redriven();
            lines.heading().ifPresent(screen::result);
            topic.read(filter, letter -> {
                screen.result(lines.line(letter, redriven.of(letter)));
                return ++shown[0] < limit;
            });
        }
        if (lines == LetterLines.TABLE) {
            screen.result(shown[0] + (shown[0] == 1 ? " dead letter" : " dead letters"));
        }
        return ExitCode.OK;
    }
}
