package io.unifluid.local.client;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.ClaimCheck;
import io.unifluid.blobs.FetchSettings;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Pictures between files and records: inline while small, as a claim in the shared store above that. */
public final class Pictures {
    private final BlobStore store;
    private final ClaimCheck claims;

    /** @param store shared with the workers; the caller closes it */
    public Pictures(BlobStore store) {
        this.store = store;
        this.claims = new ClaimCheck(store);
    }

    /**
     * The file as a request carries it. Its content is not looked at: that is the worker's to judge.
     *
     * @throws IllegalArgumentException with one sentence when it cannot be read or is larger than a worker fetches
     */
    public ImageRef read(Path file) {
        try {
            var size = Files.size(file);
            if (size > FetchSettings.DEFAULT_MAX_BYTES) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "The file has %.1f MiB, more than the %d MiB that a worker fetches: make it smaller.",
                        size / 1048576.0,
                        FetchSettings.DEFAULT_MAX_BYTES >> 20));
            }
            var location = claims.claim(Files.readAllBytes(file));
            return ImageRef.newBuilder()
                    .setBytes(location.inline().map(ByteBuffer::wrap).orElse(null))
                    .setUri(location.uri().orElse(null))
                    .setSha256(location.sha256().orElse(null))
                    .build();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("There is no such file.", e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException("The file cannot be read: no permission.", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("The file cannot be read (" + e.getMessage() + ").", e);
        }
    }

    /** The PNG bytes of a picture that the model made. */
    public byte[] bytes(GeneratedImage made) {
        var image = made.getImage();
        if (image.getBytes() == null) {
            return store.get(BlobKey.parse(image.getUri()));
        }
        var bytes = new byte[image.getBytes().remaining()];
        image.getBytes().duplicate().get(bytes);
        return bytes;
    }
}
