package io.unifluid.inference.decoding;

import java.util.List;

/** Counts what rows of different lengths waste. */
final class Padding {
    private long positions;
    private long padded;

    /** @param padded of {@code positions} */
    void count(long positions, long padded) {
        this.positions += positions;
        this.padded += padded;
    }

    /** Padding among all positions of a batch's shares, 0 to 1. */
    static double share(List<Padding> shares) {
        long positions = shares.stream().mapToLong(share -> share.positions).sum();
        long padded = shares.stream().mapToLong(share -> share.padded).sum();
        return positions == 0 ? 0 : (double) padded / positions;
    }
}
