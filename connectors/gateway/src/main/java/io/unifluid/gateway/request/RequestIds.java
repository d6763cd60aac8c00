package io.unifluid.gateway.request;

import io.unifluid.operations.tenants.Keys;
import java.util.UUID;

/**
 * Ids of requests that come in here. The first part is made of the tenant's name, so that whose a request is can be seen
 * from its id alone.
 */
final class RequestIds {
    private static final int TENANT_CHARS = 16;

    private RequestIds() {}

    static String fresh(String tenant) {
        return "r" + Keys.hash("tenant " + tenant).substring(0, TENANT_CHARS) + "-"
                + UUID.randomUUID().toString().replace("-", "");
    }
}
