package io.unifluid.cli;

import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Cluster;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A cluster to work on for a while: the local stack, its own where none runs, or one that was named. */
final class ArchiveSession implements AutoCloseable {
    private final Optional<LocalCluster> local;
    private final Cluster cluster;
    private final BlobStore blobs;
    private final CompletableFuture<Void> stop;
    private final CompletableFuture<EnvironmentProblem> failure;

    private ArchiveSession(
            Optional<LocalCluster> local,
            Cluster cluster,
            BlobStore blobs,
            CompletableFuture<Void> stop,
            CompletableFuture<EnvironmentProblem> failure) {
        this.local = local;
        this.cluster = cluster;
        this.blobs = blobs;
        this.stop = stop;
        this.failure = failure;
    }

    static ArchiveSession open(StackOptions stack, ClusterOptions named, Screen screen) {
        if (!named.isGiven()) {
            var local = LocalCluster.open(stack, screen);
            try {
                var blobs = BlobStores.open(local.cluster().blobs().orElseThrow());
                return new ArchiveSession(Optional.of(local), local.cluster(), blobs, local.stop(), local.failure());
            } catch (RuntimeException e) {
                local.close();
                throw e;
            }
        }
        var cluster = named.cluster();
        var location = cluster.blobs()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Give --blob-store: the folder or s3://bucket/prefix that the workers of that cluster use."));
        var blobs = BlobStores.open(location);
        return new ArchiveSession(
                Optional.empty(), cluster, blobs, Interruption.ofThisProcess().listen(), new CompletableFuture<>());
    }

    Cluster cluster() {
        return cluster;
    }

    BlobStore blobs() {
        return blobs;
    }

    /** Completes when the user wants no more. */
    CompletableFuture<Void> stop() {
        return stop;
    }

    /** Completes when waiting has become pointless. */
    CompletableFuture<EnvironmentProblem> failure() {
        return failure;
    }

    @Override
    public void close() {
        blobs.close();
        if (local.isPresent()) {
            local.get().close();
        } else {
            Interruption.ofThisProcess().ignore();
        }
    }
}
