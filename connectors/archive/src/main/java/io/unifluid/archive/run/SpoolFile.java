package io.unifluid.archive.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What one process keeps on the disk meanwhile: written at its end, read anywhere, there as long as it is open. Not thread-safe. */
final class SpoolFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private long size;

    /** @param file is made, or emptied where an earlier process has left it */
    SpoolFile(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(
                file,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** In bytes. */
    long size() {
        return size;
    }

    /** @return where they begin */
    long append(ByteBuffer bytes) throws IOException {
        long from = size;
        while (bytes.hasRemaining()) {
            size += channel.write(bytes, size);
        }
        return from;
    }

    ByteBuffer read(long from, int bytes) throws IOException {
        var buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new IOException(file.getFileName() + " is shorter than what was written to it");
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the next run empties or removes it
        }
    }
}
