package io.unifluid.pdq;

import java.util.Optional;

/** A perceptual hash of 256 bits, as PDQ writes it: 64 hex digits, the last bit first. */
public record PdqHash(long a, long b, long c, long d) {
    /** Two pictures are taken for the same up to this distance. */
    public static final int MATCH = 31;

    private static final int DIGITS = 64;

    /** Empty for anything but 64 hex digits. */
    public static Optional<PdqHash> parse(String hex) {
        return hex.length() == DIGITS && hex.chars().allMatch(digit -> Character.digit(digit, 16) >= 0 && digit < 128)
                ? Optional.of(new PdqHash(word(hex, 0), word(hex, 16), word(hex, 32), word(hex, 48)))
                : Optional.empty();
    }

    private static long word(String hex, int at) {
        return Long.parseUnsignedLong(hex, at, at + 16, 16);
    }

    /** How many bits differ. */
    public int distance(PdqHash other) {
        return Long.bitCount(a ^ other.a)
                + Long.bitCount(b ^ other.b)
                + Long.bitCount(c ^ other.c)
                + Long.bitCount(d ^ other.d);
    }

    public String hex() {
        return String.format("%016x%016x%016x%016x", a, b, c, d);
    }

    @Override
    public String toString() {
        return hex();
    }
}
