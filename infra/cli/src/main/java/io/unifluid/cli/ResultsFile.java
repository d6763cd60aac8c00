package io.unifluid.cli;

import io.unifluid.client.Why;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * Where JSON lines go when the user wants them in a file; without a file it takes them and does nothing. Each line is
 * written at once and whole, so that a process that is killed leaves whole lines.
 */
final class ResultsFile implements AutoCloseable {
    /** What becomes of a file that is there already and not empty. */
    enum Existing {
        REFUSED,
        APPENDED,
        REPLACED
    }

    private final Path file;
    private final Optional<FileChannel> channel;

    private ResultsFile(Path file, Optional<FileChannel> channel) {
        this.file = file;
        this.channel = channel;
    }

    static ResultsFile none() {
        return new ResultsFile(Path.of(""), Optional.empty());
    }

    /**
     * @throws IllegalArgumentException when the file is there and shall not be touched
     * @throws EnvironmentProblem at once, before any work, when it cannot be written
     */
    static ResultsFile open(Path file, Existing existing) {
        try {
            boolean regular = Files.isRegularFile(file);
            if (existing == Existing.REFUSED && regular && Files.size(file) > 0) {
                throw new IllegalArgumentException("The output file " + file
                        + " is there already: add to it with --append, or replace it with --force.");
            }
            Set<OpenOption> options = existing == Existing.APPENDED && regular
                    ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            var channel = FileChannel.open(file, options);
            if (options.contains(StandardOpenOption.READ)) {
                endOfWholeLines(channel);
            }
            return new ResultsFile(file, Optional.of(channel));
        } catch (IOException e) {
            throw problem(file, e);
        }
    }

    void line(String json) {
        if (channel.isPresent()) {
            try {
                var line = ByteBuffer.wrap((json + '\n').getBytes(StandardCharsets.UTF_8));
                while (line.hasRemaining()) {
                    channel.get().write(line);
                }
            } catch (IOException e) {
                throw problem(file, e);
            }
        }
    }

    @Override
    public void close() {
        if (channel.isPresent()) {
            try {
                channel.get().close();
            } catch (IOException e) {
                throw problem(file, e);
            }
        }
    }

    /** Where a line was cut off by a full disk or a machine that went down, the next one must not be joined to it. */
    private static void endOfWholeLines(FileChannel channel) throws IOException {
        var last = ByteBuffer.allocate(1);
        long end = channel.size();
        channel.position(end);
        if (end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n') {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    private static EnvironmentProblem problem(Path file, IOException e) {
        return new EnvironmentProblem(
                "The output file " + file + " cannot be written (" + Why.of(e)
                        + "): name one in a folder that exists and is writable.",
                e);
    }
}
