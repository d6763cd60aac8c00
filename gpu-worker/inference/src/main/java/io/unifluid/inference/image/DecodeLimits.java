package io.unifluid.inference.image;

import java.time.Duration;

/**
 * What a picture may cost before it is refused.
 *
 * @param maxPixels width x height in its header
 * @param maxBytes of the encoded file
 * @param timeout for decoding, from when a decoder thread takes it
 */
public record DecodeLimits(long maxPixels, int maxBytes, Duration timeout) {
    public DecodeLimits {
        if (maxPixels < 1 || maxBytes < 1 || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("Decode limits must be above zero.");
        }
    }

    /** 40 megapixels, 20 MiB, 5 seconds. */
    public static DecodeLimits defaults() {
        return new DecodeLimits(40_000_000, 20 * 1024 * 1024, Duration.ofSeconds(5));
    }
}
