package io.unifluid.gateway.request;

import io.unifluid.operations.tenants.Keys;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ids of requests that come in here. The first part is made of the tenant's name, so that whose a request is can be seen
 * from its id alone; in those without an idempotency key the rest says when it was taken, and ends with a check, so that
 * an id that was told somebody is known for one at every gateway.
 */
public final class RequestIds {
    private static final int TENANT_CHARS = 16;
    private static final int KEY_CHARS = 40;
    private static final int TIME_CHARS = 12;
    private static final int RANDOM_BYTES = 8;
    private static final int CHECK_CHARS = 10;
    private static final String FRESH = "[0-9a-f]{38}";
    /** As in ids that others make, within what admission takes. */
    private static final String SOUND = "[A-Za-z0-9._:@-]{1,200}";

    private static final SecureRandom RANDOM = new SecureRandom();
    /** By the tenants that there are, which are few thousand. */
    private static final Map<String, String> BEGINS = new ConcurrentHashMap<>();

    private RequestIds() {}

    /** @param at when it is taken */
    static String fresh(String tenant, Instant at) {
        var hex = HexFormat.of();
        var random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        var head = begin(tenant) + hex.toHexDigits(at.toEpochMilli(), TIME_CHARS) + hex.formatHex(random);
        return head + check(head);
    }

    /** When it was taken, for one that {@link #fresh} made for this tenant. */
    static Optional<Instant> takenAt(String tenant, String id) {
        var begin = begin(tenant);
        if (!id.startsWith(begin) || !id.substring(begin.length()).matches(FRESH)) {
            return Optional.empty();
        }
        int end = id.length() - CHECK_CHARS;
        return check(id.substring(0, end)).equals(id.substring(end))
                ? Optional.of(Instant.ofEpochMilli(
                        HexFormat.fromHexDigitsToLong(id, begin.length(), begin.length() + TIME_CHARS)))
                : Optional.empty();
    }

    private static String check(String head) {
        return Keys.hash(head).substring(0, CHECK_CHARS);
    }

    /** @param own what tells it from the tenant's others: letters, digits, - and . */
    public static String named(String tenant, String own) {
        return begin(tenant) + own;
    }

    /** The same for the same idempotency key of the same tenant. */
    static String of(String tenant, String idempotencyKey) {
        return begin(tenant) + "k" + Keys.hash(tenant + "\n" + idempotencyKey).substring(0, KEY_CHARS);
    }

    /** Whether it was made by a gateway for this tenant. */
    static boolean isOf(String tenant, String id) {
        return id.startsWith(begin(tenant));
    }

    /** Whether it could be the id of any request at all. */
    static boolean isSound(String id) {
        return id.matches(SOUND);
    }

    /** With which all begin that gateways make for the tenant, and no others. */
    static String begin(String tenant) {
        return BEGINS.computeIfAbsent(
                tenant, name -> "r" + Keys.hash("tenant " + name).substring(0, TENANT_CHARS) + "-");
    }
}
