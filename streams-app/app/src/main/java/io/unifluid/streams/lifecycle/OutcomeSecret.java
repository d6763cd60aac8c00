package io.unifluid.streams.lifecycle;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * 128 bits that are drawn for a request and never leave the stores. From them follows a token for each attempt, which
 * goes with the work and must come back with every report on it: whoever was not handed an attempt cannot report on it.
 */
public record OutcomeSecret(long high, long low) {
    private static final int TOKEN_BYTES = 16;

    static OutcomeSecret draw(SecureRandom random) {
        return new OutcomeSecret(random.nextLong(), random.nextLong());
    }

    public ByteBuffer token(int attempt) {
        return ByteBuffer.wrap(bytes(attempt));
    }

    /** Takes the same time wherever the claimed token differs. */
    boolean gave(int attempt, ByteBuffer claimed) {
        byte[] token = new byte[claimed.remaining()];
        claimed.duplicate().get(token);
        return MessageDigest.isEqual(bytes(attempt), token);
    }

    private byte[] bytes(int attempt) {
        try {
            var known = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
                    .putLong(high)
                    .putLong(low)
                    .putInt(attempt);
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(known.array()), TOKEN_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    /** Says nothing. */
    @Override
    public String toString() {
        return "secret";
    }
}
