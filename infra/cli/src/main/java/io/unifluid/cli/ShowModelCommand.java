package io.unifluid.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a model says of itself. */
@Command(
        name = "show",
        description = "Show a model's card: what it is for, what it was trained on, what it was measured to do.",
        mixinStandardHelpOptions = true)
final class ShowModelCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "NAME",
            arity = "0..1",
            description = "default: the one that runs where none is named")
    private String name;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        var library = StackOptions.library();
        var entry = ModelLines.entry(library, name);
        var screen = Screen.standard();
        if (json) {
            screen.json(ModelLines.json(entry));
        } else {
            ModelLines.text(entry.name(), entry.folder()).forEach(screen::result);
        }
        return ExitCode.OK;
    }
}
