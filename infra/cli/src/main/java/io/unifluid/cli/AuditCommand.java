package io.unifluid.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.operations.audit.AuditReport;
import io.unifluid.operations.audit.Auditor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proves from the topics that every request has exactly one result. */
@Command(
        name = "audit",
        description = {
            "Prove from the topics that every request has exactly one result, and every submission one verdict.",
            "Reads requests, results and dead letters of the running local stack, or of another cluster; changes nothing."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:proven",
            "1:broken; one sentence per broken rule",
            "2:the command line or a setting is wrong",
            "3:nothing is proven, since the topics could not be read"
        })
final class AuditCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--complete", description = "nothing is on its way any more: a request without a result is lost")
    private boolean complete;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "open requests older than this are counted apart (default: ${DEFAULT-VALUE})")
    private int grace;

    @Option(
            names = "--names",
            paramLabel = "N",
            defaultValue = "10",
            description = "name up to N offending request ids per rule (default: ${DEFAULT-VALUE})")
    private int names;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        var auditor = auditor();
        var report = auditor.audit();
        var verdicts = auditor.auditVerdicts().filter(found -> found.requestRecords() > 0);
        var broken = new ArrayList<>(report.broken(complete));
        verdicts.ifPresent(found -> broken.addAll(found.broken(complete)));
        var screen = Screen.standard();
        if (json) {
            screen.json(json(report, verdicts, broken));
        } else {
            text(report).lines().forEach(screen::result);
            verdicts.ifPresent(found -> text(found).lines().forEach(screen::result));
            broken.forEach(sentence -> screen.result("BROKEN: " + sentence));
        }
        return broken.isEmpty() ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private Auditor auditor() {
        if (grace < 0 || names < 0) {
            throw new IllegalArgumentException("--grace and --names cannot be below 0.");
        }
        return new Auditor(cluster.cluster(), Duration.ofSeconds(grace), names);
    }

    private String text(AuditReport report) {
        var text = new StringBuilder();
        line(
                text,
                report.of().asked() + "s",
                report.requests() + " different ids, " + report.sentAgain() + " sent again");
        line(text, report.of().answer() + "s", report.results() + " " + report.byStatus());
        line(text, "open", report.open().count() + ", " + report.openLong() + " of them for more than " + grace + " s");
        line(
                text,
                "dead letters",
                report.deadLetters().requests() + " " + report.of().asked() + "s, "
                        + report.deadLetters().others() + " others");
        if (report.mostAttempts() > 0) {
            line(text, "attempts", "at most " + report.mostAttempts());
        }
        line(text, "verdict", report.proven(complete) ? verdict(report) : "broken");
        return text.toString().stripTrailing();
    }

    private static String verdict(AuditReport report) {
        return report.open().count() == 0
                ? "proven: every " + report.of().asked() + " has exactly one "
                        + report.of().answer()
                : "proven so far: no " + report.of().asked() + " has more than one "
                        + report.of().answer() + ", and no " + report.of().answer() + " is without a "
                        + report.of().asked();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-13s %s%n", name, value));
    }

    private ObjectNode json(AuditReport report, Optional<AuditReport> verdicts, List<String> broken) {
        var node = json(report);
        node.put("proven", broken.isEmpty());
        verdicts.ifPresent(found -> node.set("moderation", json(found)));
        var sentences = node.putArray("broken");
        broken.forEach(sentences::add);
        return node;
    }

    private ObjectNode json(AuditReport report) {
        var node = JsonLines.object().put("proven", report.proven(complete)).put("complete", complete);
        node.put("requestRecords", report.requestRecords())
                .put("requests", report.requests())
                .put("sentAgain", report.sentAgain())
                .put("withoutId", report.withoutId());
        node.putObject("deadLetters")
                .put("requests", report.deadLetters().requests())
                .put("doubled", report.deadLetters().doubled())
                .put("others", report.deadLetters().others());
        node.put("results", report.results()).put("beforeRetention", report.beforeRetention());
        var byStatus = node.putObject("byStatus");
        report.byStatus().forEach(byStatus::put);
        offence(node.putObject("open").put("overGrace", report.openLong()), report.open());
        offence(node.putObject("second"), report.second());
        offence(node.putObject("orphans"), report.orphans());
        offence(node.putObject("unreadable"), report.unreadable());
        node.put("mostAttempts", report.mostAttempts());
        var broken = node.putArray("broken");
        report.broken(complete).forEach(broken::add);
        return node;
    }

    private static void offence(ObjectNode node, AuditReport.Violation offence) {
        node.put("count", offence.count());
        var names = node.putArray("names");
        offence.names().forEach(names::add);
    }
}
