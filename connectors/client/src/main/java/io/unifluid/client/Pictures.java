package io.unifluid.client;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStoreException;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Pictures between files and records: inline while small, as a claim in the shared store above that. */
public final class Pictures {
    private final Optional<BlobStore> store;
    private final ClaimCheck claims;

    /** @param store shared with the workers; the caller closes it */
    public Pictures(BlobStore store) {
        this.store = Optional.of(store);
        this.claims = new ClaimCheck(store);
    }

    private Pictures() {
        this.store = Optional.empty();
        this.claims = null;
    }

    /** Without a store: small ones only. */
    static Pictures inline() {
        return new Pictures();
    }

    /**
     * The picture as a request carries it.
     *
     * @throws UnsentException when it cannot be read or is larger than what can be sent
     */
    public ImageRef image(Picture picture) {
        return switch (picture) {
            case Picture.File file -> read(file.path());
            case Picture.Bytes bytes -> image(bytes.bytes());
            case Picture.Given given -> given.image();
        };
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
                throw tooLarge("The file has " + size(file, bytes.length));
            }
            return claimed(bytes, "The file");
        } catch (NoSuchFileException e) {
            throw new UnsentException(Failure.UNREADABLE, "There is no such file.", e);
        } catch (IOException e) {
            throw new UnsentException(Failure.UNREADABLE, "The file cannot be read (" + Why.of(e) + ").", e);
        }
    }

    private ImageRef image(byte[] bytes) {
        if (bytes.length > FetchSettings.DEFAULT_MAX_BYTES) {
            throw tooLarge("The picture has " + size(bytes.length));
        }
        return claimed(bytes, "The picture");
    }

    private ImageRef claimed(byte[] bytes, String what) {
        if (store.isEmpty()) {
            if (bytes.length > ClaimCheck.DEFAULT_INLINE_LIMIT) {
                throw new UnsentException(
                        Failure.TOO_LARGE,
                        what + " has " + size(bytes.length) + ", more than the "
                                + (ClaimCheck.DEFAULT_INLINE_LIMIT >> 10)
                                + " KiB that go into a record, and the client has no blob store: name the workers' store"
                                + " in its settings.",
                        null);
            }
            return ImageRef.newBuilder()
                    .setBytes(ByteBuffer.wrap(bytes))
                    .setSha256(BlobKey.of(bytes).sha256Hex())
                    .build();
        }
        try {
            return claimed(bytes, claims);
        } catch (BlobStoreException e) {
            throw new UnsentException(Failure.NOT_TAKEN, e.getMessage(), e);
        }
    }

    /**
     * A picture as records have it, by its bytes or by a claim.
     *
     * @throws BlobStoreException when the store does not take it
     */
    public static ImageRef claimed(byte[] bytes, ClaimCheck claims) {
        var location = claims.claim(bytes);
        return ImageRef.newBuilder()
                .setBytes(location.inline().map(ByteBuffer::wrap).orElse(null))
                .setUri(location.uri().orElse(null))
                .setSha256(location.sha256().orElse(null))
                .build();
    }

    private static UnsentException tooLarge(String what) {
        return new UnsentException(
                Failure.TOO_LARGE,
                what + ", more than the " + (FetchSettings.DEFAULT_MAX_BYTES >> 20)
                        + " MiB that a worker fetches: make it smaller.",
                null);
    }

    private static String size(Path file, int read) throws IOException {
        return size(Math.max(read, Files.size(file)));
    }

    private static String size(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }

    /**
     * The PNG bytes of a picture that the model made.
     *
     * @throws EnvironmentProblem when they lie in a store and there is none here
     */
    public byte[] bytes(GeneratedImage made) {
        var image = made.getImage();
        if (image.getBytes() == null) {
            return store.orElseThrow(() -> new EnvironmentProblem(
                            "The picture lies in the blob store, and the client has none: name the workers' store in its"
                                    + " settings."))
                    .get(BlobKey.parse(image.getUri()));
        }
        var bytes = new byte[image.getBytes().remaining()];
        image.getBytes().duplicate().get(bytes);
        return bytes;
    }
}
