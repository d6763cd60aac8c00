package io.unifluid.cli;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.TextLoop;
import io.unifluid.inference.library.SelfTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Has the Python of gpu-worker/public-models add a compiled loop to a model of the library. */
@Command(
        name = "compile",
        description = {
            "Add to a model a graph that holds its decoder and the loop over tokens, for GPUs (and for CPUs with"
                    + " UNIFLUID_WORKER_TEXT_LOOP=COMPILED).",
            "It needs Python 3.11 or later (PYTHON names it); two packages are installed at first use."
        },
        mixinStandardHelpOptions = true)
final class CompileModelCommand implements Callable<Integer> {
    private static final String SCRIPT = "gpu-worker/public-models/run";

    @Parameters(index = "0", paramLabel = "NAME", description = "as 'model list' shows it")
    private String name;

    @Override
    public Integer call() throws InterruptedException {
        var screen = Screen.standard();
        var folder = StackOptions.library().get(name);
        compile(screen, folder);
        var seen = SelfTest.run(ModelBundle.open(folder), TextLoop.COMPILED);
        screen.result(name + " is compiled: a worker on a GPU writes its texts in one graph from its next start.");
        seen.forEach(line -> screen.note("self-test  " + line));
        return ExitCode.OK;
    }

    /** The last line that the script says is why it failed, if it did. */
    private static void compile(Screen screen, Path folder) throws InterruptedException {
        var script = StackOptions.checkout().resolve(SCRIPT);
        if (!Files.isRegularFile(script)) {
            throw new BundleException(
                    "Compiling needs a checkout of the project, and there is no " + script + "; run it from one.");
        }
        try {
            var process = new ProcessBuilder(script.toString(), "compile", folder.toString())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String last = "The script " + script + " failed and did not say why.";
            try (var lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                boolean first = true;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!first) {
                        screen.note(last);
                    }
                    first = false;
                    last = line;
                }
            }
            if (process.waitFor() != 0) {
                throw new BundleException(last);
            }
            screen.note(last);
        } catch (IOException e) {
            throw new BundleException("The script " + script + " cannot be run (" + e.getMessage() + ").", e);
        }
    }
}
