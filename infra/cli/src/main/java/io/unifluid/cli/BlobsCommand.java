package io.unifluid.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks after the claim-check store. */
@Command(
        name = "blobs",
        description = "Look after the store of pictures that travel as claims.",
        mixinStandardHelpOptions = true,
        subcommands = {CollectBlobsCommand.class, CommandLine.HelpCommand.class})
final class BlobsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: collect.");
    }
}
