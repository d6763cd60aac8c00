package io.unifluid.cli;

import io.unifluid.stack.Doctor;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at everything that a stack needs, without starting one. */
@Command(
        name = "doctor",
        description = "Check the JDK, ports, disk, memory, model bundle, registry and broker.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options;

    @Option(names = "--json", description = "print JSON lines")
    private boolean json;

    @Override
    public Integer call() {
        var findings = Doctor.of(options.settings());
        var screen = Screen.standard();
        for (var finding : findings) {
            if (json) {
                screen.result(JsonLines.line(JsonLines.object()
                        .put("check", finding.check())
                        .put("ok", finding.ok())
                        .put("finding", finding.sentence())));
            } else {
                screen.result(String.format(
                        Locale.ROOT, "%-3s %-9s %s", finding.ok() ? "ok" : "NO", finding.check(), finding.sentence()));
            }
        }
        return findings.stream().allMatch(Doctor.Finding::ok) ? ExitCode.OK : ExitCode.ENVIRONMENT;
    }
}
