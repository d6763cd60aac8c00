package io.unifluid.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.WorkerDirectory;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.ModelCard;
import io.unifluid.inference.families.Models;
import io.unifluid.operations.audit.AuditReport;
import io.unifluid.operations.audit.Auditor;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.stack.Component;
import io.unifluid.stack.ResidentMemory;
import io.unifluid.stack.RunningStack;
import io.unifluid.stack.StackLock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
    private final Screen screen = Screen.standard();

    @Mixin
    private StackOptions options;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        var data = options.settings().data();
        var running = StackLock.running(data);
        if (running.isPresent()) {
            show(running.get());
        } else if (json) {
            screen.json(JsonLines.object().put("running", false));
        } else {
            screen.result(StackLock.holder(data)
                    .map(process -> "A local stack is starting or stopping (process " + process.pid() + ").")
                    .orElse("No local stack is running in " + data + "; start one with './unifluid up'."));
        }
        return ExitCode.OK;
    }

    /**
     * All of it is counted before anything is said. A request that became a dead letter waits for nothing, which is what
     * the auditor knows.
     */
    private void show(RunningStack stack) {
        var seen = look(stack);
        var report = Auditor.of(stack.bootstrapServers(), stack.registryUrl(), Duration.ZERO)
                .audit();
        if (json) {
            screen.json(json(stack, seen, report));
        } else {
            text(stack, seen, report);
        }
    }

    /** What lies in the topics, and who works. */
    private record Seen(Map<String, TopicScan.TopicSize> sizes, List<WorkerAnnouncement> workers) {}

    private static Seen look(RunningStack stack) {
        var cluster = Cluster.of(stack.bootstrapServers(), stack.registryUrl());
        try (var scan = new TopicScan(cluster)) {
            return new Seen(scan.sizes("unifluid."), WorkerDirectory.now(cluster));
        }
    }

    private void text(RunningStack stack, Seen seen, AuditReport report) {
        screen.result("broker     " + stack.bootstrapServers());
        screen.result("registry   " + stack.registryUrl());
        var card = card(stack);
        screen.result("model      "
                + card.map(it -> it.name() + " " + it.version() + ", " + stack.model())
                        .orElse(stack.model()));
        card.flatMap(ModelCard::purpose).ifPresent(purpose -> screen.result("           " + purpose));
        for (var worker : seen.workers()) {
            screen.result("device     " + worker.getModel().getDevice() + ", " + worker.getWorker() + ": "
                    + worker.getDeviceReason());
            screen.result("           runs " + worker.getModel().getName() + " "
                    + worker.getModel().getVersion() + " since " + worker.getStartedAt() + ": "
                    + String.join(", ", worker.getTasks()));
            var purpose = worker.getCard().get("purpose");
            if (purpose != null
                    && !purpose.equals(card.flatMap(ModelCard::purpose).orElse(""))) {
                screen.result("           " + purpose);
            }
        }
        screen.result("ready      since " + stack.readyAt());
        screen.result("");
        long total = ResidentMemory.bytes(stack.pid()).orElse(0);
        line("%-12s process %-8d %d MiB resident", "command", stack.pid(), total >> 20);
        for (var component : Component.values()) {
            var pid = stack.components().get(component);
            if (pid == null) {
                continue;
            }
            var resident = ResidentMemory.bytes(pid);
            total += resident.orElse(0);
            line(
                    "%-12s process %-8d %s",
                    component.title(),
                    pid,
                    resident.isPresent() ? (resident.getAsLong() >> 20) + " MiB resident" : "not seen");
        }
        line("%-12s %d MiB resident", "together", total >> 20);
        screen.result("");
        line("%-38s %10s %12s", "topic", "partitions", "log entries");
        seen.sizes().forEach((name, size) -> line("%-38s %10d %12d", name, size.partitions(), size.entries()));
        screen.result("(log entries include the markers of transactions)");
        screen.result("");
        screen.result("requests   " + report.requests());
        screen.result("results    " + report.results() + " " + report.byStatus());
        screen.result("backlog    " + report.open().count() + " requests without a result");
        screen.result("dead       " + deadLetters(report));
    }

    private void line(String format, Object... values) {
        screen.result(String.format(Locale.ROOT, format, values));
    }

    private static ObjectNode json(RunningStack stack, Seen seen, AuditReport report) {
        var node = JsonLines.object().put("running", true);
        var model = node.putObject("model").put("bundle", stack.model());
        card(stack).ifPresent(card -> {
            model.put("name", card.name()).put("version", card.version());
            card.purpose().ifPresent(purpose -> model.put("purpose", purpose));
        });
        node.put("bootstrapServers", stack.bootstrapServers()).put("registryUrl", stack.registryUrl());
        var components = node.putObject("components");
        stack.components()
                .forEach((component, pid) -> components
                        .putObject(component.id())
                        .put("pid", pid)
                        .put("residentBytes", ResidentMemory.bytes(pid).orElse(0)));
        var workers = node.putArray("workers");
        for (var worker : seen.workers()) {
            var one = workers.addObject()
                    .put("name", worker.getWorker())
                    .put(
                            "model",
                            worker.getModel().getName() + " "
                                    + worker.getModel().getVersion())
                    .put("device", worker.getModel().getDevice())
                    .put("deviceReason", worker.getDeviceReason())
                    .put("startedAt", worker.getStartedAt().toString())
                    .put("saidAt", worker.getAt().toString());
            worker.getTasks().forEach(one.putArray("tasks")::add);
            worker.getCard().forEach(one.putObject("card")::put);
        }
        var topics = node.putObject("topics");
        seen.sizes()
                .forEach((name, size) -> topics.putObject(name)
                        .put("partitions", size.partitions())
                        .put("logEntries", size.entries()));
        node.put("requests", report.requests()).put("backlog", report.open().count());
        node.put("deadLetters", deadLetters(report));
        var results = node.putObject("results");
        report.byStatus().forEach(results::put);
        return node;
    }

    private static long deadLetters(AuditReport report) {
        var letters = report.deadLetters();
        return letters.requests() + letters.doubled() + letters.others();
    }

    /** What the bundle says of itself, where it can still be read. */
    private static Optional<ModelCard> card(RunningStack stack) {
        try {
            return Optional.of(Models.card(stack.model()));
        } catch (BundleException e) {
            return Optional.empty();
        }
    }
}
