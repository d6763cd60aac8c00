package io.unifluid.gateway.tenant;

import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.topic.CompactedTopic;
import io.unifluid.operations.tenants.Keys;
import io.unifluid.operations.tenants.TenantLimits;
import io.unifluid.schemas.Tenant;
import io.unifluid.schemas.Topics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who may ask: those of the topic, as it stands now, and the local tenant where there is one. Thread-safe. */
@Singleton
public final class Tenants {
    private final CompactedTopic<Tenant> known;
    private final GatewaySettings settings;
    private final Map<String, Caller> callers = new ConcurrentHashMap<>();
    private volatile Index index = new Index(-1, Map.of());

    /** The tenants by their keys' hashes, as of some version of the topic. */
    private record Index(long version, Map<String, Tenant> byHash) {}

    Tenants(GatewaySettings settings) {
        this.settings = settings;
        this.known = new CompactedTopic<>(settings.cluster(), Topics.TENANTS);
    }

    /** Whose key it is. Keys are compared by their hashes. */
    public Optional<Caller> of(String key) {
        return Optional.ofNullable(index().byHash().get(Keys.hash(key)))
                .map(tenant -> caller(tenant.getTenant(), limits(tenant)));
    }

    private Index index() {
        var now = index;
        long version = known.version();
        if (now.version() != version) {
            var byHash = new HashMap<String, Tenant>();
            known.all().forEach(tenant -> tenant.getKeys().forEach(one -> byHash.put(one.getSha256(), tenant)));
            now = new Index(version, byHash);
            index = now;
        }
        return now;
    }

    /** Who asks without a key; nobody may unless this is a machine for oneself. */
    public Optional<Caller> withoutKey() {
        return settings.localTenant().map(tenant -> caller(tenant, settings.limits()));
    }

    public Optional<String> trouble() {
        return known.trouble();
    }

    /** The same for the same tenant, so that what it used up is remembered. */
    private Caller caller(String tenant, TenantLimits limits) {
        return callers.computeIfAbsent(tenant, name -> new Caller(name, limits, Clock.systemUTC()))
                .limitedTo(limits);
    }

    private TenantLimits limits(Tenant tenant) {
        var otherwise = settings.limits();
        return new TenantLimits(
                tenant.getRequestsPerMinute() > 0 ? tenant.getRequestsPerMinute() : otherwise.requestsPerMinute(),
                tenant.getBytesPerMinute() > 0 ? tenant.getBytesPerMinute() : otherwise.bytesPerMinute(),
                tenant.getUnderWay() > 0 ? tenant.getUnderWay() : otherwise.underWay());
    }

    @PreDestroy
    void close() {
        known.close();
    }
}
