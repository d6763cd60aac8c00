package io.unifluid.inference.support;

/**
 * Chance from a seed, the same on every machine and Java version, so that a seed draws the same picture for ever.
 *
 * <p>Bits come from SplitMix64 (state += 0x9E3779B97F4A7C15, then the mix of Steele, Lea and Flood, 2014). A uniform
 * number in (0, 1) is ((bits >>> 11) + 0.5) / 2^53. Normal numbers come in pairs by Box and Muller from two uniform
 * ones a, b: sqrt(-2 ln a) cos(2 pi b), sqrt(-2 ln a) sin(2 pi b). The order is drawn first, by Fisher and Yates from
 * the last position down with floor(uniform x (i + 1)); the noise after it.
 */
public final class Seeds {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    /** Seeds we choose stay exact in readers that hold numbers as doubles. */
    private static final long EXACT = (1L << 53) - 1;

    private long state;

    public Seeds(long seed) {
        this.state = seed;
    }

    /** A seed for a request that names none: from 0 to 2^53 - 1, the same whenever the id is. */
    public static long of(String id) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001B3L;
        }
        return mix(hash) & EXACT;
    }

    private static long mix(long bits) {
        long z = bits;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Above 0 and below 1. */
    public double uniform() {
        state += STEP;
        return ((mix(state) >>> 11) + 0.5) * 0x1.0p-53;
    }

    /** A permutation of 0 .. length - 1, written into {@code target} from {@code offset} on. */
    public void order(long[] target, int offset, int length) {
        for (int i = 0; i < length; i++) {
            target[offset + i] = i;
        }
        for (int i = length - 1; i > 0; i--) {
            int j = (int) (uniform() * (i + 1));
            long swapped = target[offset + i];
            target[offset + i] = target[offset + j];
            target[offset + j] = swapped;
        }
    }

    /** Normal numbers, written into {@code target} from {@code offset} on. */
    public void noise(float[] target, int offset, int length) {
        for (int i = 0; i < length; i += 2) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform()));
            double angle = 2 * StrictMath.PI * uniform();
            target[offset + i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < length) {
                target[offset + i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
    }
}
