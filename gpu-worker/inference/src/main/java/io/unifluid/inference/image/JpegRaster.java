package io.unifluid.inference.image;

import java.awt.image.Raster;
import java.util.OptionalInt;

/**
 * Colours of a JPEG that ImageIO decodes but will not convert: CMYK and YCCK (print work), and pictures whose colour
 * profile is broken. After the JPEG and Adobe application-segment conventions: with an Adobe segment the inks are
 * stored inverted.
 */
final class JpegRaster {
    private JpegRaster() {}

    static Pixels convert(Raster raster, byte[] file) {
        OptionalInt adobe = adobeTransform(file);
        int bands = raster.getNumBands();
        int width = raster.getWidth();
        int height = raster.getHeight();
        int[] samples = new int[width * bands];
        int[] rgb = new int[width * height];
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
            for (int x = 0; x < width; x++) {
                int at = x * bands;
                rgb[y * width + x] = switch (bands) {
                    case 1, 2 -> grey(samples[at]);
                    case 3 ->
                        adobe.orElse(1) == 0
                                ? pack(samples[at], samples[at + 1], samples[at + 2])
                                : ycc(samples[at], samples[at + 1], samples[at + 2]);
                    default -> inks(samples[at], samples[at + 1], samples[at + 2], samples[at + 3], adobe);
                };
            }
        }
        return new Pixels(width, height, rgb);
    }

    private static int inks(int c, int m, int y, int k, OptionalInt adobe) {
        int inks = adobe.orElse(0) == 2 ? 0xFFFFFF - ycc(c, m, y) : pack(c, m, y);
        int white = adobe.isPresent() ? inks : 0xFFFFFF - inks;
        int key = adobe.isPresent() ? k : 255 - k;
        return pack((white >> 16 & 255) * key / 255, (white >> 8 & 255) * key / 255, (white & 255) * key / 255);
    }

    private static int ycc(int y, int cb, int cr) {
        return pack(
                clamp(y + 1.402 * (cr - 128)),
                clamp(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
                clamp(y + 1.772 * (cb - 128)));
    }

    private static int clamp(double value) {
        return (int) Math.round(Math.clamp(value, 0, 255));
    }

    private static int grey(int value) {
        return pack(value, value, value);
    }

    private static int pack(int red, int green, int blue) {
        return red << 16 | green << 8 | blue;
    }

    /** The colour transform of the Adobe segment (APP14): 0 none, 1 YCbCr, 2 YCCK; empty without the segment. */
    private static OptionalInt adobeTransform(byte[] file) {
        int at = 2;
        while (at + 4 <= file.length && (file[at] & 0xFF) == 0xFF) {
            int marker = file[at + 1] & 0xFF;
            int length = (file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF;
            if (marker == 0xDA) {
                break;
            }
            if (marker == 0xEE && length >= 14 && at + 15 < file.length && file[at + 4] == 'A' && file[at + 5] == 'd') {
                return OptionalInt.of(file[at + 15] & 0xFF);
            }
            at += 2 + length;
        }
        return OptionalInt.empty();
    }
}
