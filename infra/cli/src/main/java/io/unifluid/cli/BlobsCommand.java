package io.unifluid.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Looks after the claim-check store. */
@Command(
        name = "blobs",
        description = "Look after the store of pictures that travel as claims.",
        mixinStandardHelpOptions = true,
        subcommands = {CollectBlobsCommand.class, CommandLine.HelpCommand.class})
final class BlobsCommand extends CommandGroup {
    BlobsCommand() {
        super("collect");
    }
}
