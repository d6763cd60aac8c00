package io.unifluid.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands of other languages in a folder of theirs. */
final class OtherProgram {
    private final Path folder;
    private final Map<String, String> variables;

    OtherProgram(Path folder, Map<String, String> variables) {
        this.folder = folder;
        this.variables = variables;
    }

    /** All that a program's file says, run by its interpreter; see {@link #said}. */
    String run(String interpreter, String file, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(interpreter, file));
        command.addAll(List.of(arguments));
        return said(command);
    }

    /** All that it says until it ends; one that takes longer than {@link Await#PATIENCE} is ended. */
    String said(List<String> command) throws IOException, InterruptedException {
        var log = Files.createTempFile(folder, "said", ".log");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(variables);
        var process = builder.start();
        if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(log);
    }
}
