package io.unifluid.operations.tenants;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Ids of what tenants keep at gateways, files, batches and endpoints: when it was made, so that one can be told that may be on its way from another gateway, and
 * 96 random bits.
 */
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TIME_CHARS = 8;
    private static final int RANDOM_BYTES = 12;
    private static final Duration YOUNG = Duration.ofSeconds(15);

    private Ids() {}

    /** @param kind what it begins with, for example {@code file-} */
    public static String fresh(String kind) {
        var random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return kind
                + HexFormat.of().toHexDigits(Instant.now().getEpochSecond(), TIME_CHARS)
                + HexFormat.of().formatHex(random);
    }

    /** Whether it may be one of this kind. */
    public static boolean is(String kind, String id) {
        return id.startsWith(kind) && id.substring(kind.length()).matches("[0-9a-f]{32}");
    }

    /** Whether it was made so lately that another gateway may know it before this one. */
    public static boolean isYoung(String kind, String id) {
        if (!is(kind, id)) {
            return false;
        }
        var made = Instant.ofEpochSecond(HexFormat.fromHexDigitsToLong(id, kind.length(), kind.length() + TIME_CHARS));
        return Duration.between(made, Instant.now()).abs().compareTo(YOUNG) < 0;
    }
}
