package io.unifluid.archive.source;

import io.unifluid.archive.ItemException;
import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.client.Failure;
import io.unifluid.client.Why;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.OptionalLong;

/** Reads the bytes of one picture, no more than a worker takes. */
final class PictureBytes {
    private static final int MOST = (int) FetchSettings.DEFAULT_MAX_BYTES;

    private PictureBytes() {}

    /** @throws ItemException when there are none, too many, or they cannot be read */
    static byte[] of(InputStream in, OptionalLong size) throws ItemException {
        try {
            var bytes = size.orElse(0) > MOST ? new byte[0] : in.readNBytes(MOST + 1);
            return checked(bytes, Math.max(size.orElse(0), bytes.length));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    static byte[] checked(byte[] bytes) throws ItemException {
        return checked(bytes, bytes.length);
    }

    static ItemException unreadable(Exception e) {
        return new ItemException(new Failure(Failure.UNREADABLE, "The picture cannot be read (" + Why.of(e) + ")."), e);
    }

    private static byte[] checked(byte[] bytes, long size) throws ItemException {
        if (size > MOST) {
            throw new ItemException(
                    new Failure(
                            Failure.TOO_LARGE,
                            String.format(
                                    Locale.ROOT,
                                    "The picture has %.1f MiB, more than the %d MiB that a worker takes: make it smaller.",
                                    size / 1048576.0,
                                    MOST >> 20)),
                    null);
        }
        if (bytes.length == 0) {
            throw new ItemException(new Failure(Failure.EMPTY, "The picture has no bytes at all."), null);
        }
        return bytes;
    }
}
