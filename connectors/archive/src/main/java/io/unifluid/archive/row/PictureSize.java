package io.unifluid.archive.row;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Width and height as a picture's header says them, before any turning that EXIF asks for. Nothing is decoded; what is
 * damaged or of another format has no size here, and is the worker's to judge.
 */
public record PictureSize(int width, int height) {
    /** Empty where the header says none. */
    public static Optional<PictureSize> of(byte[] bytes) {
        try {
            return read(bytes).filter(size -> size.width > 0 && size.height > 0);
        } catch (ArrayIndexOutOfBoundsException e) {
            return Optional.empty(); // cut off
        }
    }

    private static Optional<PictureSize> read(byte[] b) {
        var start = new String(b, 0, Math.min(b.length, 16), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
            return size(big(b, 16, 4), big(b, 20, 4));
        }
        if (start.startsWith("GIF8")) {
            return size(little(b, 6, 2), little(b, 8, 2));
        }
        if (start.startsWith("\u00ff\u00d8")) {
            return jpeg(b);
        }
        if (start.startsWith("BM")) {
            return little(b, 14, 4) == 12
                    ? size(little(b, 18, 2), little(b, 20, 2))
                    : size(little(b, 18, 4), Math.abs(little(b, 22, 4)));
        }
        if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
            return webp(b, start.substring(12));
        }
        if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
            return tiff(b, start.startsWith("II"));
        }
        return Optional.empty();
    }

    private static Optional<PictureSize> jpeg(byte[] b) {
        for (int at = 2; b[at] == (byte) 0xff; ) {
            int marker = b[at + 1] & 0xff;
            if (marker == 0xff) {
                at++;
                continue;
            }
            boolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (frame) {
                return size(big(b, at + 7, 2), big(b, at + 5, 2));
            }
            at += 2 + (marker >= 0xd0 && marker <= 0xd8 || marker == 1 ? 0 : Math.max(2, big(b, at + 2, 2)));
        }
        return Optional.empty();
    }

    private static Optional<PictureSize> webp(byte[] b, String kind) {
        return switch (kind) {
            case "VP8 " -> size(little(b, 26, 2) & 0x3fff, little(b, 28, 2) & 0x3fff);
            case "VP8L" -> {
                int bits = little(b, 21, 4);
                yield size((bits & 0x3fff) + 1, (bits >>> 14 & 0x3fff) + 1);
            }
            case "VP8X" -> size(little(b, 24, 3) + 1, little(b, 27, 3) + 1);
            default -> Optional.empty();
        };
    }

    private static Optional<PictureSize> tiff(byte[] b, boolean little) {
        int directory = number(b, 4, 4, little);
        int width = 0;
        int height = 0;
        for (int i = 0, at = directory + 2; i < number(b, directory, 2, little); i++, at += 12) {
            int tag = number(b, at, 2, little);
            int value = number(b, at + 8, number(b, at + 2, 2, little) == 3 ? 2 : 4, little);
            width = tag == 256 ? value : width;
            height = tag == 257 ? value : height;
        }
        return size(width, height);
    }

    private static Optional<PictureSize> size(int width, int height) {
        return Optional.of(new PictureSize(width, height));
    }

    private static int number(byte[] b, int at, int bytes, boolean little) {
        return little ? little(b, at, bytes) : big(b, at, bytes);
    }

    private static int big(byte[] b, int at, int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | b[at + i] & 0xff;
        }
        return value;
    }

    private static int little(byte[] b, int at, int bytes) {
        int value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | b[at + i] & 0xff;
        }
        return value;
    }
}
