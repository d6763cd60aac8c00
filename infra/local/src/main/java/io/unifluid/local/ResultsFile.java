package io.unifluid.local;

import io.unifluid.local.stack.EnvironmentProblem;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where JSON lines go when the user wants them in a file; without a file it takes them and does nothing. */
final class ResultsFile implements AutoCloseable {
    private final Optional<Path> file;
    private final Writer writer;

    /** @throws EnvironmentProblem at once, before any work, when the file cannot be written */
    ResultsFile(Optional<Path> file) {
        this.file = file;
        try {
            writer = file.isPresent() ? Files.newBufferedWriter(file.get()) : Writer.nullWriter();
        } catch (IOException e) {
            throw problem(e);
        }
    }

    void line(String json) {
        try {
            writer.write(json);
            writer.write('\n');
        } catch (IOException e) {
            throw problem(e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw problem(e);
        }
    }

    private EnvironmentProblem problem(IOException e) {
        return new EnvironmentProblem(
                "The output file " + file.orElseThrow() + " cannot be written (" + e.getMessage()
                        + "): name one in a folder that exists and is writable.",
                e);
    }
}
