package io.unifluid.gateway.config;

import io.unifluid.client.Cluster;
import io.unifluid.operations.tenants.TenantLimits;
import java.time.Duration;
import java.util.Optional;

/**
 * All settings of a gateway. Those that were configured are valid; {@link GatewayConfiguration} has the bounds.
 *
 * @param httpHost address on which it listens
 * @param httpPort where it listens, 0 for any free port
 * @param cluster where Kafka, the registry and the workers' blob store are
 * @param localTenant whose the requests without a key are; for one machine alone
 * @param limits of a tenant that has none of its own
 * @param links how addresses of pictures are signed
 * @param view how what is said of requests is kept
 * @param maxBody most bytes of one request's body
 * @param longestWait how long an answer is waited for
 */
public record GatewaySettings(
        String httpHost,
        int httpPort,
        Cluster cluster,
        Optional<String> localTenant,
        TenantLimits limits,
        LinkSettings links,
        ViewSettings view,
        int maxBody,
        Duration longestWait) {
    /** Nobody beyond this machine. */
    public static final String LOOPBACK = "127.0.0.1";

    /** @throws IllegalArgumentException when others than this machine would get in without a key */
    public GatewaySettings {
        if (localTenant.isPresent() && !httpHost.equals(LOOPBACK) && !httpHost.equals("localhost")) {
            throw new IllegalArgumentException("local-tenant is " + localTenant.get() + " while http-host is "
                    + httpHost
                    + "; who reaches the gateway would need no key: leave local-tenant empty, or listen on " + LOOPBACK
                    + ".");
        }
    }
}
