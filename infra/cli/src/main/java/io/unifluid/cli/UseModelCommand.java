package io.unifluid.cli;

import io.unifluid.stack.StackLock;
import io.unifluid.stack.StackSettings;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Chooses the model that runs where none is named. */
@Command(
        name = "use",
        description = "From now on run this model where neither --model nor UNIFLUID_MODEL names one.",
        mixinStandardHelpOptions = true)
final class UseModelCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "as 'model list' shows it")
    private String name;

    @Override
    public Integer call() {
        var screen = Screen.standard();
        StackOptions.library().use(name);
        screen.result(name + " runs from now on where no model is named.");
        var settings = StackSettings.from(StackOptions.checkout(), System.getenv(), Optional.empty());
        StackLock.running(settings.data())
                .filter(running -> !running.model().equals(settings.model()))
                .ifPresent(running -> screen.note("The stack that is running goes on with " + running.model()
                        + "; './unifluid down' and 'up' start it with another."));
        return ExitCode.OK;
    }
}
