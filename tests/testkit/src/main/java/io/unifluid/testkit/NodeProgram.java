package io.unifluid.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A program for node in a folder of its own, with packages that npm fetches. */
public final class NodeProgram {
    private final Path folder;
    private final OtherProgram program;

    /** @param folder empty, or with files of the program */
    public NodeProgram(Path folder) {
        this.folder = folder;
        this.program = new OtherProgram(folder, Map.of());
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
            program.said(command);
        } catch (IOException e) {
            return false;
        }
        var modules = folder.resolve("node_modules");
        // npm writes the latter when all of a package is there.
        return Files.isDirectory(modules.resolve(name)) && Files.exists(modules.resolve(".package-lock.json"));
    }

    /** All that it says until it ends; one that takes longer than {@link Await#PATIENCE} is ended. */
    public String said(String file, String... arguments) throws IOException, InterruptedException {
        return program.run("node", file, arguments);
    }
}
