package io.unifluid.client;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a client works. Immutable: every method with a parameter gives another one.
 *
 * @param cluster where the system runs, and how to get in
 * @param tenant of requests that name none
 * @param mostUnderWay how many requests may be without a result at once; {@link UniFluidClient#submit} waits beyond it
 * @param timeout how long a handle waits for its result
 * @param patience how long Kafka may be away before a request counts as not sent
 * @param replyTopic where the results are read, and asked to be written, in place of everybody's
 */
public record ClientSettings(
        Cluster cluster,
        String tenant,
        int mostUnderWay,
        Duration timeout,
        Duration patience,
        Optional<String> replyTopic) {
    private static final int MOST = 1_000_000;

    public ClientSettings {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(replyTopic, "replyTopic");
        if (tenant.isBlank()) {
            throw new IllegalArgumentException("The tenant is blank: name who asks.");
        }
        if (mostUnderWay < 1 || mostUnderWay > MOST) {
            throw new IllegalArgumentException("mostUnderWay is " + mostUnderWay + "; give 1 to " + MOST + ".");
        }
        requirePositive("timeout", timeout);
        requirePositive("patience", patience);
    }

    /** 1,024 requests under way, an hour for each result, a minute of patience, the tenant {@code default}. */
    public static ClientSettings of(Cluster cluster) {
        return new ClientSettings(
                cluster, "default", 1024, Duration.ofHours(1), Duration.ofMinutes(1), Optional.empty());
    }

    /**
     * @param bootstrapServers of Kafka
     * @param registryUrl of the schema registry
     */
    public static ClientSettings of(String bootstrapServers, String registryUrl) {
        return of(Cluster.of(bootstrapServers, registryUrl));
    }

    /** Kafka's own settings, for example its security, and behind {@code registry.} the registry client's. */
    public ClientSettings kafka(Map<String, String> client) {
        return cluster(new Cluster(
                cluster.bootstrapServers(), cluster.registryUrl(), client, cluster.blobs(), cluster.before()));
    }

    /** Where pictures lie that are too large for a record: the workers' own store, a folder or {@code s3://bucket}. */
    public ClientSettings blobs(String location) {
        return cluster(new Cluster(
                cluster.bootstrapServers(),
                cluster.registryUrl(),
                cluster.client(),
                Optional.of(location),
                cluster.before()));
    }

    private ClientSettings cluster(Cluster other) {
        return new ClientSettings(other, tenant, mostUnderWay, timeout, patience, replyTopic);
    }

    public ClientSettings tenant(String name) {
        return new ClientSettings(cluster, name, mostUnderWay, timeout, patience, replyTopic);
    }

    public ClientSettings mostUnderWay(int requests) {
        return new ClientSettings(cluster, tenant, requests, timeout, patience, replyTopic);
    }

    public ClientSettings timeout(Duration time) {
        return new ClientSettings(cluster, tenant, mostUnderWay, time, patience, replyTopic);
    }

    public ClientSettings patience(Duration time) {
        return new ClientSettings(cluster, tenant, mostUnderWay, timeout, time, replyTopic);
    }

    /** For who may not read everybody's results. The streams app must allow the topic. */
    public ClientSettings replyTopic(String topic) {
        return new ClientSettings(cluster, tenant, mostUnderWay, timeout, patience, Optional.of(topic));
    }

    private static void requirePositive(String name, Duration time) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException("The " + name + " is " + time + "; give more than nothing.");
        }
    }
}
