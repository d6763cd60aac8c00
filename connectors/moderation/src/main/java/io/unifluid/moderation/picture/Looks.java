package io.unifluid.moderation.picture;

import io.unifluid.blobs.BlobException;
import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.inference.image.BadImageException;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.pdq.Pdq;
import io.unifluid.schemas.ImageRef;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The perceptual hash of a submitted picture, where its bytes are at hand: inside the record, or in the claim-check store.
 * Addresses elsewhere are the worker's to fetch. Thread-safe.
 */
public final class Looks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Looks.class);
    /** Larger pictures are stretched to it first: what PDQ looks at are 64 x 64 samples. */
    private static final int SIDE = 256;

    private static final float BYTE = 1 / 255f;
    private static final String CLAIM = BlobKey.URI_PREFIX;

    private final Optional<BlobStore> store;
    private final DecodeLimits limits;
    private final ImageDecoder decoder;

    /** @param store of claims, where there is one; is closed with this */
    public Looks(Optional<BlobStore> store) {
        this.store = store;
        this.limits = DecodeLimits.defaults();
        this.decoder =
                new ImageDecoder(new ImageSpec(SIDE, SIDE, List.of(0f, 0f, 0f), List.of(BYTE, BYTE, BYTE)), limits);
    }

    /** Empty where the bytes are not at hand, or are no picture: then the model is asked, and says what is wrong. */
    public Optional<Pdq.Hashed> of(ImageRef image) {
        return bytes(image).flatMap(this::hash);
    }

    /** Of the bytes of a file. */
    public Optional<Pdq.Hashed> hash(byte[] encoded) {
        try {
            var picture = decoder.decode(encoded);
            var values = picture.values();
            int pixels = SIDE * SIDE;
            var luma = new float[pixels];
            for (int i = 0; i < pixels; i++) {
                luma[i] = 0.299f * values[i] + 0.587f * values[pixels + i] + 0.114f * values[2 * pixels + i];
            }
            return Optional.of(Pdq.of(luma, SIDE, SIDE));
        } catch (BadImageException e) {
            LOG.debug("A picture has no perceptual hash", e);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<byte[]> bytes(ImageRef image) {
        if (image.getBytes() != null) {
            ByteBuffer inline = image.getBytes().duplicate();
            var bytes = new byte[inline.remaining()];
            inline.get(bytes);
            return Optional.of(bytes);
        }
        if (store.isEmpty() || image.getUri() == null || !image.getUri().startsWith(CLAIM)) {
            return Optional.empty();
        }
        try {
            return Optional.of(store.get().get(BlobKey.parse(image.getUri()), limits.maxBytes()));
        } catch (BlobException | IllegalArgumentException e) {
            LOG.warn("A picture could not be compared with the hash lists ({}); the model is asked.", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        decoder.close();
        store.ifPresent(BlobStore::close);
    }
}
