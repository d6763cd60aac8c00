package io.unifluid.client;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStoreException;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import java.io.IOException;
import java.nio.ByteBuffer;
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
     * @throws UnsentException when it cannot be read or is larger than a worker fetches
     */
    public ImageRef read(Path file) {
        try (var in = Files.newInputStream(file)) {
            // Not by its size: a pipe or a device has none.
            var bytes = in.readNBytes((int) FetchSettings.DEFAULT_MAX_BYTES + 1);
            if (bytes.length > FetchSettings.DEFAULT_MAX_BYTES) {
                throw new UnsentException(
                        Failure.TOO_LARGE,
                        String.format(
                                Locale.ROOT,
                                "The file has %s, more than the %d MiB that a worker fetches: make it smaller.",
                                size(file, bytes.length),
                                FetchSettings.DEFAULT_MAX_BYTES >> 20),
                        null);
            }
            var location = claims.claim(bytes);
            return ImageRef.newBuilder()
                    .setBytes(location.inline().map(ByteBuffer::wrap).orElse(null))
                    .setUri(location.uri().orElse(null))
                    .setSha256(location.sha256().orElse(null))
                    .build();
        } catch (NoSuchFileException e) {
            throw new UnsentException(Failure.UNREADABLE, "There is no such file.", e);
        } catch (IOException e) {
            throw new UnsentException(Failure.UNREADABLE, "The file cannot be read (" + Why.of(e) + ").", e);
        } catch (BlobStoreException e) {
            throw new UnsentException(Failure.NOT_TAKEN, e.getMessage(), e);
        }
    }

    private static String size(Path file, int read) throws IOException {
        return String.format(Locale.ROOT, "%.1f MiB", Math.max(read, Files.size(file)) / 1048576.0);
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
