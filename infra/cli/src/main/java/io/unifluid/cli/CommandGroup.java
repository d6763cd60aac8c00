package io.unifluid.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does nothing but through the ones below it, and says which there are when none is named. */
abstract class CommandGroup implements Callable<Integer> {
    private final String below;

    @Spec
    private CommandSpec spec;

    /** @param below as in a sentence: {@code add, list or revoke} */
    CommandGroup(String below) {
        this.below = below;
    }

    @Override
    public final Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: " + below + ".");
    }
}
