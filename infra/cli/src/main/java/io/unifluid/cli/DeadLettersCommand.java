package io.unifluid.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Looks at dead letters and sends them again. */
@Command(
        name = "dead-letters",
        description = {
            "Look at the records that could not be worked with, and send them again when the cause is gone.",
            "A request that ended with a result is no dead letter: send it again under a new request id."
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            ListDeadLettersCommand.class,
            ShowDeadLetterCommand.class,
            RedriveCommand.class,
            CommandLine.HelpCommand.class
        })
final class DeadLettersCommand extends CommandGroup {
    DeadLettersCommand() {
        super("list, show or redrive");
    }
}
