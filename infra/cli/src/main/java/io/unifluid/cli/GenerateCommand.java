package io.unifluid.cli;

import io.unifluid.client.Request;
import io.unifluid.schemas.Generate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes pictures from text. */
@Command(
        name = "generate",
        description = "Make pictures from a prompt and write them as PNG files.",
        mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options;

    @Mixin
    private DrawOptions draw;

    @Mixin
    private PngOptions png;

    @Parameters(arity = "1..*", paramLabel = "PROMPT", description = "what the picture shall show")
    private List<String> prompt;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1", description = "how many pictures (default: 1)")
    private int count;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count is " + count + "; give 1 or more.");
        }
        var files = png.files("generated", count);
        var screen = Screen.standard();
        try (var session = Session.open(options, screen)) {
            var result = session.ask(Request.generate(Generate.newBuilder()
                    .setPrompt(String.join(" ", prompt))
                    .setCount(count)
                    .setSeed(draw.seed().orElse(null))
                    .setSteps(draw.steps())
                    .setGuidance(draw.guidance().orElse(null))
                    .build()));
            if (Failures.report(screen, result, json)) {
                return ExitCode.SOME_FAILED;
            }
            files.write(result, session::bytes, screen, json);
            return ExitCode.OK;
        }
    }
}
