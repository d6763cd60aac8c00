package io.unifluid.archive.run;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.ItemException;
import io.unifluid.archive.row.PictureSize;
import io.unifluid.archive.row.Row;
import io.unifluid.blobs.BlobStoreException;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.client.Failure;
import io.unifluid.client.Pictures;
import io.unifluid.pdq.PdqHash;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * What is sent for an item, or why nothing is.
 *
 * @param image as a request carries it; empty where there is a failure
 * @param bytes of the picture; null where they were not read
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on as they are; nobody compares two.
public record Prepared(
        Item item, Row.Picture picture, Optional<ImageRef> image, Optional<Failure> failure, byte[] bytes) {
    private static final Duration BLOB_PATIENCE = Duration.ofMinutes(5);
    private static final long FIRST_PAUSE_MS = 500;
    private static final long LONGEST_PAUSE_MS = 20_000;

    /**
     * Reads the picture, and puts it into the store where it is large.
     *
     * @param looks how a picture looks, where that is wanted and can be told
     * @param stopped whether nobody waits for it any more
     * @throws EnvironmentProblem when the store stays away for minutes
     */
    public static Prepared of(
            Item item, ClaimCheck claims, Function<byte[], Optional<PdqHash>> looks, BooleanSupplier stopped)
            throws InterruptedException {
        return switch (item.content()) {
            case Content.Broken(var failure) -> failed(item, failure);
            case Content.Remote(var uri) ->
                new Prepared(
                        item,
                        Row.Picture.UNKNOWN,
                        Optional.of(ImageRef.newBuilder().setUri(uri).build()),
                        Optional.empty(),
                        null);
            case Content.Bytes(var loader, var _) -> {
                try {
                    var bytes = loader.load();
                    var image = claimed(bytes, claims, stopped);
                    var picture = new Row.Picture(
                            Optional.of(image.getSha256()), bytes.length, PictureSize.of(bytes), looks.apply(bytes));
                    yield new Prepared(item, picture, Optional.of(image), Optional.empty(), bytes);
                } catch (ItemException e) {
                    yield failed(item, e.failure());
                }
            }
        };
    }

    private static Prepared failed(Item item, Failure failure) {
        return new Prepared(item, Row.Picture.UNKNOWN, Optional.empty(), Optional.of(failure), null);
    }

    /** The store may be away for a while. */
    private static ImageRef claimed(byte[] bytes, ClaimCheck claims, BooleanSupplier stopped)
            throws InterruptedException {
        long end = System.nanoTime() + BLOB_PATIENCE.toNanos();
        for (long pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
            try {
                return Pictures.claimed(bytes, claims);
            } catch (BlobStoreException e) {
                if (System.nanoTime() > end || stopped.getAsBoolean()) {
                    throw new EnvironmentProblem(e.getMessage(), e);
                }
                Thread.sleep(pause);
            }
        }
    }
}
