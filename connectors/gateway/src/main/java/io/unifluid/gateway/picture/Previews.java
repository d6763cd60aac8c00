package io.unifluid.gateway.picture;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobNotFoundException;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Picture;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.schemas.ImageRef;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Pictures as they were sent, for people who look on. Nothing is fetched from elsewhere for them. Thread-safe. */
@Singleton
public final class Previews {
    private final BlobStore store;

    Previews(GatewaySettings settings) {
        this.store = BlobStores.open(settings.cluster().blobs().orElseThrow());
    }

    /** Nothing for one that lies elsewhere, or no more in the store. */
    public Optional<byte[]> bytes(Picture picture) {
        return switch (picture) {
            case Picture.Bytes bytes -> Optional.of(bytes.bytes());
            case Picture.Given given -> claimed(given.image());
            case Picture.File _ -> Optional.empty();
        };
    }

    private Optional<byte[]> claimed(ImageRef image) {
        var uri = image.getUri();
        if (uri == null || !uri.startsWith(BlobKey.URI_PREFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(store.get(BlobKey.parse(uri)));
        } catch (BlobNotFoundException e) {
            return Optional.empty();
        }
    }

    @PreDestroy
    void close() {
        store.close();
    }
}
