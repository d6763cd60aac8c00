package io.unifluid.inference.image;

/**
 * What the samples of a TIFF mean.
 *
 * @param samples of a pixel
 * @param bits of a sample: 1, 2, 4, 8 or 16
 * @param planes 1, or as many as samples where each has its own plane
 * @param alpha index of the sample that says how much is covered, or -1
 * @param premultiplied whether the colours are multiplied by alpha
 * @param differences whether a sample is stored as its difference from the one to the left
 * @param reversed whether the lowest bit of a byte comes first
 * @param palette 0xFFRRGGBB of each index, or null
 */
record TiffLayout(
        Colour colour,
        int samples,
        int bits,
        int planes,
        int alpha,
        boolean premultiplied,
        boolean differences,
        boolean reversed,
        int[] palette) {
    private static final int JPEG = 7;
    private static final int MOST_SAMPLES = 32;

    enum Colour {
        WHITE_IS_ZERO(1),
        GREY(1),
        RGB(3),
        PALETTE(1),
        INKS(4),
        YCC(3);

        final int samples;

        Colour(int samples) {
            this.samples = samples;
        }
    }

    static TiffLayout of(TiffTags tags, int packing) throws BadImageException {
        long samples = tags.number(277, 1);
        if (samples < 1 || samples > MOST_SAMPLES) {
            throw Refusal.unread(ImageFormat.TIFF, "has " + samples + " samples per pixel", "save it as PNG or JPEG");
        }
        int count = (int) samples;
        checkFormat(tags);
        int bits = bits(tags, count);
        Colour colour = colour((int) tags.number(262, count >= 3 ? 2 : packing == 1 ? 1 : 0));
        if (colour.samples > count || (bits < 8 && count > 1) || (colour == Colour.PALETTE && bits == 16)) {
            throw Refusal.unread(
                    ImageFormat.TIFF,
                    "stores its colours as " + count + " samples of " + bits + " bits",
                    "save it as PNG or JPEG");
        }
        if (colour == Colour.YCC && packing != JPEG) {
            throw Refusal.unread(ImageFormat.TIFF, "stores luminance and colour differences (YCbCr)", "save it as RGB");
        }
        if (packing >= 2 && packing <= 4 && (bits != 1 || count != 1)) {
            throw Refusal.damaged(ImageFormat.TIFF, "it is packed as fax and is not black and white");
        }
        boolean apart = tags.number(284, 1) == 2 && count > 1;
        if (packing == JPEG && (apart || bits != 8 || count != colour.samples)) {
            throw Refusal.unread(
                    ImageFormat.TIFF, "uses JPEG for planes or transparency", "save it with LZW, or as PNG");
        }
        long[] extra = tags.numbers(338, MOST_SAMPLES);
        int alpha = -1;
        for (int i = 0; i < extra.length && colour.samples + i < count && alpha < 0; i++) {
            if (extra[i] == 1 || extra[i] == 2) {
                alpha = colour.samples + i;
            }
        }
        boolean premultiplied = alpha >= 0 && extra[alpha - colour.samples] == 1;
        return new TiffLayout(
                colour,
                count,
                bits,
                apart ? count : 1,
                alpha,
                premultiplied,
                differences(tags, bits, packing),
                tags.number(266, 1) == 2,
                colour == Colour.PALETTE ? palette(tags, bits) : null);
    }

    private static void checkFormat(TiffTags tags) throws BadImageException {
        String samples = switch ((int) tags.number(339, 1)) {
            case 2 -> "signed samples";
            case 3 -> "floating-point samples";
            case 5, 6 -> "complex samples";
            default -> null;
        };
        if (samples != null) {
            throw Refusal.unread(ImageFormat.TIFF, "has " + samples, "convert it to 8 or 16 bits per colour");
        }
    }

    private static int bits(TiffTags tags, int samples) throws BadImageException {
        long[] given = tags.numbers(258, samples);
        long bits = given.length == 0 ? 1 : given[0];
        for (long other : given) {
            if (other != bits) {
                throw Refusal.unread(
                        ImageFormat.TIFF, "has colours of different depths", "convert it to 8 bits per colour");
            }
        }
        if (bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16) {
            return (int) bits;
        }
        throw Refusal.unread(ImageFormat.TIFF, "has " + bits + " bits per sample", "convert it to 8 or 16 bits");
    }

    private static Colour colour(int photometric) throws BadImageException {
        String name = switch (photometric) {
            case 0, 1, 2, 3, 5, 6 -> null;
            case 4 -> "a mask";
            case 8, 9, 10 -> "CIELab colours";
            case 32803, 34892 -> "a camera's raw picture";
            case 32844, 32845 -> "logarithmic colours (LogLuv)";
            default -> "colours of kind " + photometric;
        };
        if (name != null) {
            throw Refusal.unread(ImageFormat.TIFF, "holds " + name, "convert it to RGB");
        }
        return switch (photometric) {
            case 0 -> Colour.WHITE_IS_ZERO;
            case 1 -> Colour.GREY;
            case 2 -> Colour.RGB;
            case 3 -> Colour.PALETTE;
            case 5 -> Colour.INKS;
            default -> Colour.YCC;
        };
    }

    private static boolean differences(TiffTags tags, int bits, int packing) throws BadImageException {
        long predictor = tags.number(317, 1);
        boolean known = packing == 5 || packing == 8 || packing == 32946;
        if (!known || predictor == 1) {
            return false;
        }
        if (predictor != 2 || bits < 8) {
            throw Refusal.unread(ImageFormat.TIFF, "uses predictor " + predictor, "save it without one");
        }
        return true;
    }

    /** Reds, greens and blues of 16 bits; of 8 where none is larger, as some programs write them. */
    private static int[] palette(TiffTags tags, int bits) throws BadImageException {
        int colours = 1 << bits;
        long[] map = tags.numbers(320, 3 * colours);
        if (map.length < 3 * colours) {
            throw Refusal.damaged(ImageFormat.TIFF, "its palette is missing or too short");
        }
        long most = 0;
        for (long value : map) {
            most = Math.max(most, value);
        }
        int shift = most > 255 ? 8 : 0;
        int[] palette = new int[256];
        for (int i = 0; i < colours; i++) {
            palette[i] = 0xFF000000
                    | (int) (map[i] >> shift & 255) << 16
                    | (int) (map[colours + i] >> shift & 255) << 8
                    | (int) (map[2 * colours + i] >> shift & 255);
        }
        return palette;
    }

    /** Bytes of a row of one plane. */
    long rowLength(int width) {
        return Math.ceilDiv((long) width * bits * (planes > 1 ? 1 : samples), 8);
    }
}
