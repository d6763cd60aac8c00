package io.unifluid.archive;

/**
 * Where an item stands. The order of positions is the order of reading, so that two readings can be compared side by
 * side, and what was read can be passed over later.
 *
 * @param source which of the sources, from 0
 * @param file path within the source, parted by slashes; empty where the source is one file
 * @param ordinal 0 for a file that is itself the item; else the number within the file, from 1
 */
public record Position(int source, String file, long ordinal) implements Comparable<Position> {
    /** Before all others. */
    public static final Position START = new Position(0, "", -1);

    /** Files go by their bytes in UTF-8, as S3 lists them. */
    @Override
    public int compareTo(Position other) {
        if (source != other.source) {
            return Integer.compare(source, other.source);
        }
        int files = compareFiles(file, other.file);
        return files != 0 ? files : Long.compare(ordinal, other.ordinal);
    }

    /** The order of files within a source. That of characters differs from it for surrogates alone, which are the last. */
    public static int compareFiles(String one, String other) {
        int shorter = Math.min(one.length(), other.length());
        for (int at = 0; at < shorter; at++) {
            char left = one.charAt(at);
            char right = other.charAt(at);
            if (left != right) {
                return Character.isSurrogate(left) == Character.isSurrogate(right)
                        ? Character.compare(left, right)
                        : Character.isSurrogate(left) ? 1 : -1;
            }
        }
        return Integer.compare(one.length(), other.length());
    }
}
