package io.unifluid.cli;

import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.library.SelfTest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Proves that a model is whole and runs. */
@Command(
        name = "check",
        description = "Read every byte of a model against its checksums, load it, and try it once.",
        mixinStandardHelpOptions = true)
final class CheckModelCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "NAME",
            arity = "0..1",
            description = "default: the one that runs where none is named")
    private String name;

    @Override
    public Integer call() throws InterruptedException {
        var screen = Screen.standard();
        var entry = ModelLines.entry(StackOptions.library(), name);
        var seen = SelfTest.run(ModelBundle.open(entry.folder()));
        screen.result(entry.name() + " is whole and runs.");
        seen.forEach(line -> screen.note("self-test  " + line));
        return ExitCode.OK;
    }
}
