package io.unifluid.connect;

import io.unifluid.archive.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A part of a source as Connect's offsets know it, and a position in it.
 *
 * @param run what the request ids begin with
 * @param asked what is asked of which pictures, see {@link ImageArchiveConfig#asked}
 * @param source the archive's name
 * @param part from 0
 * @param of how many parts the source has; 1 where it is one file
 */
record Place(String run, String asked, String source, int part, int of) {
    private static final String FILE = "file";
    private static final String ORDINAL = "ordinal";

    /** For Connect's source partition. Connect finds it by its bytes, so its entries have an order that is always the same. */
    Map<String, String> partition() {
        var partition = new LinkedHashMap<String, String>();
        partition.put("run", run);
        partition.put("asked", asked);
        partition.put("source", source);
        partition.put("part", (part + 1) + "/" + of);
        return partition;
    }

    /** Which of so many parts a file belongs to, from 0; the same on every machine. */
    static int of(String file, int parts) {
        return (int) Long.remainderUnsigned(spread(file), parts);
    }

    /** Which of so many tasks reads this part; those of one source go to tasks one after the other. */
    int task(int tasks) {
        return (int) Long.remainderUnsigned(Long.remainderUnsigned(spread(source), tasks) + part, tasks);
    }

    private static long spread(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    /** For Connect's source offset. */
    static Map<String, Object> offset(Position position) {
        return Map.of(FILE, position.file(), ORDINAL, position.ordinal());
    }

    /** Empty where it is none. */
    static Optional<Position> read(Map<String, ?> offset) {
        return offset != null
                        && offset.get(FILE) instanceof String file
                        && offset.get(ORDINAL) instanceof Number ordinal
                ? Optional.of(new Position(0, file, ordinal.longValue()))
                : Optional.empty();
    }

    static boolean isPart(Map<String, ?> partition) {
        return partition.keySet().equals(Set.of("run", "asked", "source", "part"))
                && partition.values().stream().allMatch(String.class::isInstance);
    }
}
