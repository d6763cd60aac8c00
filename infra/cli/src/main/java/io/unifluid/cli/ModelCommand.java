package io.unifluid.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
            UseModelCommand.class,
            CommandLine.HelpCommand.class
        })
final class ModelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: import, list, show, check or use.");
    }
}
