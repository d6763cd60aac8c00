package io.unifluid.inference.image;

import java.util.Optional;

/** The picture formats a worker reads, told by their first bytes and never by a file's name. */
enum ImageFormat {
    JPEG,
    PNG,
    WEBP,
    GIF,
    BMP,
    TIFF;

    static Optional<ImageFormat> of(byte[] bytes) {
        Beginning file = new Beginning(bytes);
        if (file.is(0, 0xFF, 0xD8, 0xFF)) {
            return Optional.of(JPEG);
        }
        if (file.is(0, 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A)) {
            return Optional.of(PNG);
        }
        if (file.is(0, "RIFF") && file.is(8, "WEBP")) {
            return Optional.of(WEBP);
        }
        if (file.is(0, "GIF8")) {
            return Optional.of(GIF);
        }
        if (file.is(0, "BM")) {
            return Optional.of(BMP);
        }
        boolean classic = file.is(0, 'I', 'I', 42, 0) || file.is(0, 'M', 'M', 0, 42);
        boolean big = file.is(0, 'I', 'I', 43, 0) || file.is(0, 'M', 'M', 0, 43);
        return (classic && !file.is(8, 'C', 'R', 2, 0)) || big ? Optional.of(TIFF) : Optional.empty();
    }
}
