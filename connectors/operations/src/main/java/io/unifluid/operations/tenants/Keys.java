package io.unifluid.operations.tenants;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Keys of tenants. One is 256 random bits, so that a plain hash of it can be kept: there is no dictionary to try, as there
 * is for a password.
 */
public final class Keys {
    private static final String PREFIX = "uf-";
    private static final int BYTES = 32;
    private static final int ID_BYTES = 6;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Keys() {}

    static String newKey() {
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random(BYTES));
    }

    static String newId() {
        return HexFormat.of().formatHex(random(ID_BYTES));
    }

    /** Lower-case hex SHA-256 of the key. */
    public static String hash(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    private static byte[] random(int count) {
        var bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
