package io.unifluid.gateway.request;

import io.unifluid.operations.tenants.Keys;
import java.util.UUID;

/**
 * Ids of requests that come in here. The first part is made of the tenant's name, so that whose a request is can be seen
 * from its id alone.
 */
final class RequestIds {
    private static final int TENANT_CHARS = 16;
    private static final int KEY_CHARS = 40;
    /** As in ids that others make, within what admission takes. */
    private static final String SOUND = "[A-Za-z0-9._:@-]{1,200}";

    private RequestIds() {}

    static String fresh(String tenant) {
        return begin(tenant) + UUID.randomUUID().toString().replace("-", "");
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
        return "r" + Keys.hash("tenant " + tenant).substring(0, TENANT_CHARS) + "-";
    }
}
