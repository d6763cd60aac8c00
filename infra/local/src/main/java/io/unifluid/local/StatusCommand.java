package io.unifluid.local;

import io.unifluid.local.stack.Component;
import io.unifluid.local.stack.ResidentMemory;
import io.unifluid.local.stack.RunningStack;
import io.unifluid.local.stack.StackLock;
import io.unifluid.local.stack.StreamCounts;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What runs, what lies in the topics, and how far the work is. */
@Command(
        name = "status",
        description = "Show the components, topics, backlog and counts of the local stack.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        var data = options.settings().data();
        var running = StackLock.running(data);
        if (running.isEmpty()) {
            var holder = StackLock.holder(data);
            System.out.println(
                    json
                            ? "{\"running\":false}"
                            : holder.map(process ->
                                            "A local stack is starting or stopping (process " + process.pid() + ").")
                                    .orElse("No local stack is running in " + data
                                            + "; start one with './unifluid up'."));
            return ExitCode.OK;
        }
        var counts = StreamCounts.read(
                running.get().bootstrapServers(), running.get().registryUrl());
        if (json) {
            System.out.println(json(running.get(), counts));
        } else {
            text(running.get(), counts);
        }
        return ExitCode.OK;
    }

    private static void text(RunningStack stack, StreamCounts counts) {
        System.out.println("broker     " + stack.bootstrapServers());
        System.out.println("registry   " + stack.registryUrl());
        System.out.println("model      " + stack.model());
        System.out.println("ready      since " + stack.readyAt());
        System.out.println();
        long total = ResidentMemory.bytes(stack.pid()).orElse(0);
        System.out.printf(Locale.ROOT, "%-12s process %-8d %d MiB resident%n", "command", stack.pid(), total >> 20);
        for (var component : Component.values()) {
            var pid = stack.components().get(component);
            var resident = ResidentMemory.bytes(pid);
            total += resident.orElse(0);
            System.out.printf(
                    Locale.ROOT,
                    "%-12s process %-8d %s%n",
                    component.title(),
                    pid,
                    resident.isPresent() ? (resident.getAsLong() >> 20) + " MiB resident" : "not seen");
        }
        System.out.printf(Locale.ROOT, "%-12s %d MiB resident%n%n", "together", total >> 20);
        System.out.printf(Locale.ROOT, "%-38s %10s %12s%n", "topic", "partitions", "log entries");
        counts.topics()
                .forEach((name, topic) ->
                        System.out.printf(Locale.ROOT, "%-38s %10d %12d%n", name, topic.partitions(), topic.entries()));
        System.out.println("(log entries include the markers of transactions)");
        System.out.println();
        System.out.println("requests   " + counts.requests());
        System.out.println("results    " + counts.resultCount() + " " + counts.results());
        System.out.println("backlog    " + counts.backlog() + " requests without a result");
        System.out.println("dead       " + counts.deadLetters());
    }

    private static String json(RunningStack stack, StreamCounts counts) {
        var node = JsonLines.object().put("running", true).put("model", stack.model());
        node.put("bootstrapServers", stack.bootstrapServers()).put("registryUrl", stack.registryUrl());
        var components = node.putObject("components");
        stack.components()
                .forEach((component, pid) -> components
                        .putObject(component.id())
                        .put("pid", pid)
                        .put("residentBytes", ResidentMemory.bytes(pid).orElse(0)));
        var topics = node.putObject("topics");
        counts.topics()
                .forEach((name, topic) -> topics.putObject(name)
                        .put("partitions", topic.partitions())
                        .put("logEntries", topic.entries()));
        node.put("requests", counts.requests()).put("backlog", counts.backlog());
        node.put("deadLetters", counts.deadLetters());
        var results = node.putObject("results");
        counts.results().forEach(results::put);
        return JsonLines.line(node);
    }
}
