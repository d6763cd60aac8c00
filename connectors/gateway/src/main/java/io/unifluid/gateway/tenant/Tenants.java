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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who may ask: those of the topic, as it stands now, and the local tenant where there is one. Thread-safe. */
@Singleton
public final class Tenants {
    private final CompactedTopic<Tenant> known;
    private final GatewaySettings settings;
    private final Map<String, Caller> callers = new ConcurrentHashMap<>();

    Tenants(GatewaySettings settings) {
        this.settings = settings;
        this.known = new CompactedTopic<>(settings.cluster(), Topics.TENANTS);
    }

    /** Whose key it is. Keys are few thousand, and compared by their hashes. */
    public Optional<Caller> of(String key) {
        var hash = Keys.hash(key);
        return known.all().stream()
                .filter(tenant -> tenant.getKeys().stream()
                        .anyMatch(one -> one.getSha256().equals(hash)))
                .findFirst()
                .map(tenant -> caller(tenant.getTenant(), limits(tenant)));
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
