package io.unifluid.cli;

import io.unifluid.inference.BundleOutline;
import io.unifluid.inference.library.ModelLibrary;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows which models there are. */
@Command(
        name = "list",
        description = "List the models of this machine; * marks the one that runs where none is named.",
        mixinStandardHelpOptions = true)
final class ListModelsCommand implements Callable<Integer> {
    @Option(names = "--json", description = "print one JSON object per line")
    private boolean json;

    @Override
    public Integer call() {
        var screen = Screen.standard();
        for (var entry : StackOptions.library().all()) {
            if (json) {
                screen.json(ModelLines.json(entry));
            } else {
                screen.result((entry.used() ? "* " : "  ") + entry.name() + "  " + text(entry));
            }
        }
        return ExitCode.OK;
    }

    private static String text(ModelLibrary.Entry entry) {
        return entry.outline()
                .map(ListModelsCommand::text)
                .orElseGet(() -> entry.problem().orElse(""));
    }

    private static String text(BundleOutline outline) {
        return outline.card().version() + "  " + outline.family() + "  " + String.join(",", ModelLines.tasks(outline))
                + "  " + outline.licence();
    }
}
