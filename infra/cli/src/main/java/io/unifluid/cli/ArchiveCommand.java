package io.unifluid.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What there is for archives. */
@Command(
        name = "archive",
        description = "Run archives of pictures through, and prove that every one has its row.",
        mixinStandardHelpOptions = true,
        subcommands = {RunArchiveCommand.class, VerifyArchiveCommand.class, CommandLine.HelpCommand.class})
final class ArchiveCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: archive run, or archive verify.");
    }
}
