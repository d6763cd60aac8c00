package io.unifluid.archive;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * One picture of an archive, or the error that stands in its place.
 *
 * @param archive the folder, file or prefix that it lies in, as a person would name it
 * @param member its name therein; a URL of a list of them
 * @param size bytes, where that is known without reading them
 * @param companions what else belongs to it; only where that was asked for
 */
public record Item(
        Position position,
        String archive,
        String member,
        OptionalLong size,
        Content content,
        List<Companion> companions) {
    private static final int ID_BYTES = 16;

    /** Another member of the same sample of a WebDataset shard. */
    public record Companion(String extension, byte[] bytes) {}

    public Item {
        companions = List.copyOf(companions);
    }

    public Item(Position position, String archive, String member, OptionalLong size, Content content) {
        this(position, archive, member, size, content, List.of());
    }

    /**
     * The same for the same place and member of the same sources and the same task, on every machine. 32 hex digits; two
     * of a thousand million items share one with a chance below 1e-20.
     *
     * @param task what is asked, in words that never change for the same question
     */
    public String id(String task) {
        return HexFormat.of().formatHex(hash(task), 0, ID_BYTES);
    }

    /** Which of so many equal parts of the archive it belongs to, from 0; the same on every machine. */
    public int part(int parts) {
        return (int) Long.remainderUnsigned(spread(), parts);
    }

    /** Evenly spread over all numbers, and the same on every machine. */
    public long spread() {
        return ByteBuffer.wrap(hash("")).getLong();
    }

    private byte[] hash(String task) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            for (var part : List.of(task, position.source() + "", position.file(), position.ordinal() + "", member)) {
                var bytes = part.getBytes(StandardCharsets.UTF_8);
                sha256.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                sha256.update(bytes);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }
}
