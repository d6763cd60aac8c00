package io.unifluid.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program for node in a folder of its own, with packages that npm fetches. */
public final class NodeProgram {
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private final Path folder;

    /** @param folder empty, or with files of the program */
    public NodeProgram(Path folder) {
        this.folder = folder;
    }

    /**
     * @param name of the package, for example {@code kafkajs}
     * @param version {@code ""} for what a {@code package.json} of the folder says
     * @return false where node, npm or the package cannot be had
     */
    public boolean installed(String name, String version) throws InterruptedException {
        var command = new ArrayList<>(List.of("npm", "install", "--silent", "--no-audit", "--no-fund"));
        if (!version.isEmpty()) {
            command.add(name + "@" + version);
        }
        try {
            said(command);
        } catch (IOException e) {
            return false;
        }
        return Files.isDirectory(folder.resolve("node_modules").resolve(name));
    }

    /** All that it says until it ends; one that takes more than three minutes is ended. */
    public String said(String file, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("node", file));
        command.addAll(List.of(arguments));
        return said(command);
    }

    private String said(List<String> command) throws IOException, InterruptedException {
        var log = folder.resolve("said.log");
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(log);
    }
}
