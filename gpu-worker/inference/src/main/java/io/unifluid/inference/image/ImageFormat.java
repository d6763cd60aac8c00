package io.unifluid.inference.image;

import java.nio.charset.StandardCharsets;
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
        if (starts(bytes, 0, 0xFF, 0xD8, 0xFF)) {
            return Optional.of(JPEG);
        }
        if (starts(bytes, 0, 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A)) {
            return Optional.of(PNG);
        }
        if (starts(bytes, 0, 'R', 'I', 'F', 'F') && starts(bytes, 8, 'W', 'E', 'B', 'P')) {
            return Optional.of(WEBP);
        }
        if (starts(bytes, 0, 'G', 'I', 'F', '8')) {
            return Optional.of(GIF);
        }
        if (starts(bytes, 0, 'B', 'M')) {
            return Optional.of(BMP);
        }
        if (starts(bytes, 0, 'I', 'I', 42, 0) || starts(bytes, 0, 'M', 'M', 0, 42)) {
            return Optional.of(TIFF);
        }
        return Optional.empty();
    }

    private static boolean starts(byte[] bytes, int at, int... expected) {
        if (bytes.length < at + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[at + i] & 0xFF) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** The first bytes for a message: as text where they are text, otherwise in hex. */
    static String beginning(byte[] bytes) {
        int length = Math.min(4, bytes.length);
        StringBuilder hex = new StringBuilder();
        boolean text = true;
        for (int i = 0; i < length; i++) {
            text &= bytes[i] >= 0x20 && bytes[i] < 0x7F;
            hex.append(i == 0 ? "" : " ").append("%02x".formatted(bytes[i]));
        }
        return (text ? "'" + new String(bytes, 0, length, StandardCharsets.US_ASCII) + "'" : hex.toString())
                + (bytes.length > length ? ".." : "");
    }
}
