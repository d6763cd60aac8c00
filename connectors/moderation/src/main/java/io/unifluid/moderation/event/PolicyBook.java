package io.unifluid.moderation.event;

import io.unifluid.moderation.policy.Asked;
import io.unifluid.moderation.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Every sound version of every policy, and which of them is in force. Thread-safe. */
public final class PolicyBook {
    private final Map<String, NavigableMap<String, NavigableMap<Integer, Policy>>> byTenant = new HashMap<>();

    public synchronized void put(Policy policy) {
        byTenant.computeIfAbsent(policy.tenant(), _ -> new TreeMap<>())
                .computeIfAbsent(policy.name(), _ -> new TreeMap<>())
                .put(policy.version(), policy);
    }

    /** @param key of a record that is gone, or was never sound */
    public synchronized void remove(String key) {
        int version = key.lastIndexOf('/');
        int name = version < 0 ? -1 : key.lastIndexOf('/', version - 1);
        if (name > 0 && key.substring(version + 1).matches("\\d{1,9}")) {
            var versions = versions(key.substring(0, name), key.substring(name + 1, version));
            versions.remove(Integer.parseInt(key.substring(version + 1)));
        }
    }

    /** Of every policy the highest version, by name; without those that are retired. */
    public synchronized List<Policy> inForce(String tenant) {
        return byTenant.getOrDefault(tenant, new TreeMap<>()).values().stream()
                .filter(versions -> !versions.isEmpty())
                .map(versions -> versions.lastEntry().getValue())
                .filter(policy -> !policy.retired())
                .toList();
    }

    /** The versions of one policy, the oldest first. */
    public synchronized List<Policy> history(String tenant, String name) {
        return List.copyOf(versions(tenant, name).values());
    }

    public synchronized Optional<Policy> find(String tenant, Policy.Ref ref) {
        return Optional.ofNullable(versions(tenant, ref.name()).get(ref.version()));
    }

    /**
     * Who judges an answer: each policy in its newest version, as far as its questions were asked; one that asks more by now
     * in the version that was asked; one that is retired, or was not there yet, does not.
     *
     * @param asked the versions that were in force when the question was asked
     */
    public synchronized List<Policy> judging(String tenant, List<Policy.Ref> asked) {
        Set<Asked> known = asked.stream()
                .flatMap(ref -> find(tenant, ref).stream())
                .flatMap(policy -> policy.asked().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        var judging = new ArrayList<Policy>();
        for (var policy : inForce(tenant)) {
            var then = asked.stream()
                    .filter(ref -> ref.name().equals(policy.name()))
                    .findFirst();
            if (then.isPresent()) {
                judging.add(
                        known.containsAll(policy.asked())
                                ? policy
                                : find(tenant, then.get()).orElse(policy));
            }
        }
        return judging;
    }

    /** How many versions there are, of all policies. */
    public synchronized int size() {
        return byTenant.values().stream()
                .flatMap(policies -> policies.values().stream())
                .mapToInt(Map::size)
                .sum();
    }

    private NavigableMap<Integer, Policy> versions(String tenant, String name) {
        return byTenant.getOrDefault(tenant, new TreeMap<>()).getOrDefault(name, new TreeMap<>());
    }
}
