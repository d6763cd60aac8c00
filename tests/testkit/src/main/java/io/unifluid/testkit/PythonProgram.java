package io.unifluid.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program for Python 3 in a folder of its own, with packages that pip fetches into it. */
public final class PythonProgram {
    private static final String PYTHON = "python3";
    private static final String LIBRARY = "library";

    private final Path folder;
    private final OtherProgram program;

    /** @param folder empty, or with files of the program */
    public PythonProgram(Path folder) {
        this.folder = folder;
        this.program = new OtherProgram(
                folder, Map.of("PYTHONPATH", folder.resolve(LIBRARY).toString()));
    }

    /**
     * @param name of the package and of its module, for example {@code openai}
     * @return false where Python, pip or the package cannot be had
     */
    public boolean installed(String name, String version) throws InterruptedException {
        try {
            program.said(List.of(
                    PYTHON,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--retries",
                    "0",
                    "--target",
                    LIBRARY,
                    name + "==" + version));
        } catch (IOException e) {
            return false;
        }
        return Files.isDirectory(folder.resolve(LIBRARY).resolve(name));
    }

    /** All that it says until it ends; one that takes longer than {@link Await#PATIENCE} is ended. */
    public String said(String file, String... arguments) throws IOException, InterruptedException {
        return program.run(PYTHON, file, arguments);
    }
}
