package io.unifluid.moderation.hash;

import io.unifluid.pdq.Pdq;
import io.unifluid.pdq.PdqHash;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * All lists as they stand. The same bytes tell more than the same looks, so SHA-256 goes first; where both an allow and a
 * block list match in the same way, the block counts. Thread-safe.
 */
public final class HashLists {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** By the topic's key. */
    private final Map<String, HashEntry> byKey = new HashMap<>();
    /** Of each tenant, by hash and then by key. */
    private final Map<String, Map<String, Map<String, HashEntry>>> exact = new HashMap<>();

    private final Map<String, Map<String, Looks>> looks = new HashMap<>();

    private record Looks(PdqHash hash, HashEntry entry) {}

    /** Replaces what the key stood for. */
    public void put(String key, HashEntry entry) {
        lock.writeLock().lock();
        try {
            remove(key);
            byKey.put(key, entry);
            switch (entry.kind()) {
                case SHA256 ->
                    exact.computeIfAbsent(entry.tenant(), _ -> new HashMap<>())
                            .computeIfAbsent(entry.hash(), _ -> new LinkedHashMap<>())
                            .put(key, entry);
                case PDQ ->
                    looks.computeIfAbsent(entry.tenant(), _ -> new LinkedHashMap<>())
                            .put(key, new Looks(PdqHash.parse(entry.hash()).orElseThrow(), entry));
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    public void remove(String key) {
        lock.writeLock().lock();
        try {
            var entry = byKey.remove(key);
            if (entry == null) {
                return;
            }
            switch (entry.kind()) {
                case SHA256 -> {
                    var same = exact.get(entry.tenant()).get(entry.hash());
                    same.remove(key);
                    if (same.isEmpty()) {
                        exact.get(entry.tenant()).remove(entry.hash());
                    }
                }
                case PDQ -> looks.get(entry.tenant()).remove(key);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    public int size() {
        lock.readLock().lock();
        try {
            return byKey.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether a perceptual hash is worth computing for this tenant. */
    public boolean hasLooks(String tenant) {
        lock.readLock().lock();
        try {
            return of(looks, tenant).anyMatch(entries -> !entries.isEmpty());
        } finally {
            lock.readLock().unlock();
        }
    }

    /** @param sha256 lower-case hex */
    public Optional<HashMatch> sameBytes(String tenant, String sha256) {
        lock.readLock().lock();
        try {
            return of(exact, tenant)
                    .flatMap(hashes -> hashes.getOrDefault(sha256, Map.of()).values().stream())
                    .max(Comparator.comparing(HashEntry::effect))
                    .map(entry -> new HashMatch(entry, 0));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The nearest entry, blocks first; none for a hash of little quality. */
    public Optional<HashMatch> sameLooks(String tenant, Pdq.Hashed picture) {
        if (!picture.usable()) {
            return Optional.empty();
        }
        lock.readLock().lock();
        try {
            return of(looks, tenant)
                    .map(Map::values)
                    .flatMap(Collection::stream)
                    .map(known -> new HashMatch(known.entry(), known.hash().distance(picture.hash())))
                    .filter(match -> match.distance() <= PdqHash.MATCH)
                    .min(Comparator.comparing((HashMatch match) -> match.entry().effect(), Comparator.reverseOrder())
                            .thenComparing(HashMatch::distance));
        } finally {
            lock.readLock().unlock();
        }
    }

    private static <V> Stream<V> of(Map<String, V> byTenant, String tenant) {
        return List.of(tenant, HashEntry.EVERYBODY).stream()
                .distinct()
                .map(byTenant::get)
                .filter(known -> known != null);
    }
}
