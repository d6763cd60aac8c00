package io.unifluid.inference.image;

import java.time.Duration;

/**
 * What a picture may cost before it is refused.
 *
 * @param maxPixels width x height in its header
 * @param maxBytes of the encoded file
 * @param timeout for decoding, of one processor
 * @param maxMemory bytes, of all pictures that are decoded at once
 */
public record DecodeLimits(long maxPixels, int maxBytes, Duration timeout, long maxMemory) {
    private static final long LEAST_MEMORY = 64L << 20;

    public DecodeLimits {
        if (maxPixels < 1 || maxBytes < 1 || timeout.isNegative() || timeout.isZero() || maxMemory < 1) {
            throw new IllegalArgumentException("Decode limits must be above zero.");
        }
    }

    /** With a third of the heap as memory, and 64 MiB at the least. */
    public DecodeLimits(long maxPixels, int maxBytes, Duration timeout) {
        this(
                maxPixels,
                maxBytes,
                timeout,
                Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 3));
    }

    /** 40 megapixels, 20 MiB, 5 seconds. */
    public static DecodeLimits defaults() {
        return new DecodeLimits(40_000_000, 20 * 1024 * 1024, Duration.ofSeconds(5));
    }
}
