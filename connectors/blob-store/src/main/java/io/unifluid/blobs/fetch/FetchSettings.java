package io.unifluid.blobs.fetch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a worker may fetch on behalf of a stranger. The default allows inline pictures and claims only.
 *
 * @param allowedRoots folders under which {@code file:} pictures may lie
 * @param allowedHosts host names, without port, that {@code http(s):} pictures may come from; case does not matter
 * @param allowPrivateAddresses lets those hosts have loopback and private addresses; for tests only
 * @param maxBytes most bytes of one encoded picture, 1 to 2^31 - 9
 * @param timeout for one picture over the network, from resolving the name to the last byte, redirects included
 */
public record FetchSettings(
        List<Path> allowedRoots,
        Set<String> allowedHosts,
        boolean allowPrivateAddresses,
        long maxBytes,
        Duration timeout) {
    /** The names under which people know these settings; sentences that refuse a picture name them. */
    static final String ROOTS = "UNIFLUID_FETCH_ROOTS";

    static final String HOSTS = "UNIFLUID_FETCH_HOSTS";
    static final String BUCKETS = "UNIFLUID_FETCH_BUCKETS";
    static final String MAX_BYTES = "UNIFLUID_FETCH_MAX_BYTES";
    static final String TIMEOUT = "UNIFLUID_FETCH_TIMEOUT";

    public static final long DEFAULT_MAX_BYTES = 20L << 20;
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private static final long ARRAY_LIMIT = Integer.MAX_VALUE - 8;

    public FetchSettings {
        allowedRoots = List.copyOf(allowedRoots);
        allowedHosts = allowedHosts.stream()
                .map(host -> host.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
        if (maxBytes < 1 || maxBytes > ARRAY_LIMIT) {
            throw new IllegalArgumentException(
                    MAX_BYTES + " is " + maxBytes + "; give a number of bytes from 1 to " + ARRAY_LIMIT + ".");
        }
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    TIMEOUT + " is " + timeout + "; give a duration of at most an hour, such as PT10S.");
        }
        for (String host : allowedHosts) {
            if (host.isBlank() || host.contains("/") || host.contains("*")) {
                throw new IllegalArgumentException(
                        HOSTS + " contains '" + host + "'; give plain host names such as images.example.org.");
            }
        }
    }

    /** No files, no hosts, 20 MiB, 10 s. */
    public static FetchSettings defaults() {
        return new FetchSettings(List.of(), Set.of(), false, DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT);
    }

    public FetchSettings withAllowedRoots(List<Path> roots) {
        return new FetchSettings(roots, allowedHosts, allowPrivateAddresses, maxBytes, timeout);
    }

    public FetchSettings withAllowedHosts(Set<String> hosts) {
        return new FetchSettings(allowedRoots, hosts, allowPrivateAddresses, maxBytes, timeout);
    }
}
