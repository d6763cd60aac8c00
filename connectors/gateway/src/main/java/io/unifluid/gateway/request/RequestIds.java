package io.unifluid.gateway.request;

import io.unifluid.operations.tenants.Keys;
import java.util.UUID;

/**
 * Ids of requests that come in here. The first part is made of the tenant's name, so that whose a request is can be seen
 * from its id alone.
 */
public final class RequestIds {
    private static final int TENANT_CHARS = 16;

    private RequestIds() {}

    static String fresh(String tenant) {
        return of(tenant, UUID.randomUUID().toString().replace("-", ""));
    }

    /** @param own what tells it from the tenant's others: letters, digits, - and . */
    public static String of(String tenant, String own) {
        return "r" + Keys.hash("tenant " + tenant).substring(0, TENANT_CHARS) + "-" + own;
    }
}
