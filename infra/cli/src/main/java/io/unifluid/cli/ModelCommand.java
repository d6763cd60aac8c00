package io.unifluid.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The models of this machine. */
@Command(
        name = "model",
        description = "Bring your own model: import a folder, look at it, and choose what runs.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ImportModelCommand.class,
            ListModelsCommand.class,
            ShowModelCommand.class,
            CheckModelCommand.class,
            CompileModelCommand.class,
            UseModelCommand.class,
            CommandLine.HelpCommand.class
        })
final class ModelCommand extends CommandGroup {
    ModelCommand() {
        super("import, list, show, check, compile or use");
    }
}
