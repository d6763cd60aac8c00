package io.unifluid.operations.tenants;

import io.unifluid.client.Cluster;
import io.unifluid.schemas.ApiKey;
import io.unifluid.schemas.Tenant;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Who may ask at the gateway: tenants with the hashes of their keys and their limits, on a compacted topic. For people at a
 * terminal, one at a time: two that change the same tenant at the same moment overwrite each other.
 */
public final class TenantRegister {
    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

    private final Register<Tenant> tenants;

    public TenantRegister(Cluster cluster) {
        this.tenants = new Register<>(cluster, Topics.TENANTS);
    }

    /**
     * A key that was made.
     *
     * @param id by which it can be revoked
     * @param key shown this once; only its hash is kept
     */
    public record NewKey(String id, String key) {}

    /**
     * By name. What cannot be read is left out.
     *
     * @throws EnvironmentProblem when the broker or the registry does not serve it
     */
    public SortedMap<String, Tenant> all() {
        return tenants.all();
    }

    /**
     * Adds a key to a tenant, who need not be known yet.
     *
     * @param limits in place of those that the tenant had, if any are given
     * @throws IllegalArgumentException when the name is none
     */
    public NewKey add(String tenant, Optional<TenantLimits> limits) {
        if (!tenant.matches(NAME)) {
            throw noName(tenant);
        }
        var known = Optional.ofNullable(all().get(tenant));
        var made = new NewKey(Keys.newId(), Keys.newKey());
        var keys = new ArrayList<>(known.map(Tenant::getKeys).orElse(List.of()));
        keys.add(ApiKey.newBuilder()
                .setId(made.id())
                .setSha256(Keys.hash(made.key()))
                .setCreatedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build());
        var changed = known.map(Tenant::newBuilder).orElseGet(Tenant::newBuilder);
        limits.ifPresent(given -> changed.setRequestsPerMinute(given.requestsPerMinute())
                .setBytesPerMinute(given.bytesPerMinute())
                .setUnderWay(given.underWay()));
        tenants.write(tenant, changed.setTenant(tenant).setKeys(keys).build());
        return made;
    }

    static IllegalArgumentException noName(String tenant) {
        return new IllegalArgumentException(
                "'" + tenant + "' cannot be a tenant's name: take up to 100 letters, digits and . _ -");
    }

    /**
     * Takes every key from a tenant; what it has under way goes on.
     *
     * @throws IllegalArgumentException when there is no such tenant
     */
    public void revoke(String tenant) {
        known(tenant);
        tenants.write(tenant, null);
    }

    /** @throws IllegalArgumentException when there is no such tenant or it has no such key */
    public void revoke(String tenant, String keyId) {
        var known = known(tenant);
        var keys = new ArrayList<>(known.getKeys());
        if (!keys.removeIf(key -> key.getId().equals(keyId))) {
            throw new IllegalArgumentException("The tenant " + tenant + " has no key " + keyId + "; it has "
                    + known.getKeys().stream().map(ApiKey::getId).toList() + ".");
        }
        tenants.write(tenant, Tenant.newBuilder(known).setKeys(keys).build());
    }

    private Tenant known(String tenant) {
        var all = all();
        return Optional.ofNullable(all.get(tenant))
                .orElseThrow(() -> new IllegalArgumentException("There is no tenant " + tenant
                        + (all.isEmpty()
                                ? ": nobody has a key yet."
                                : "; there are " + String.join(", ", all.keySet()) + ".")));
    }
}
