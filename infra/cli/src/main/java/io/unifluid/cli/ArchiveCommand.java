package io.unifluid.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What there is for archives. */
@Command(
        name = "archive",
        description = "Run archives of pictures through, and prove that every one has its row.",
        mixinStandardHelpOptions = true,
        subcommands = {RunArchiveCommand.class, VerifyArchiveCommand.class, CommandLine.HelpCommand.class})
final class ArchiveCommand extends CommandGroup {
    ArchiveCommand() {
        super("archive run, or archive verify");
    }
}
