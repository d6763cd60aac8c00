package io.unifluid.inference.image;

import java.io.IOException;
import java.util.Arrays;

/**
 * Decodes the pixels of a lossless WebP (VP8L, RFC 9649, 3), all at once, since they refer back to any earlier ones.
 * Each transform comes once at most, code tables have a bound, and time is looked at in every row.
 */
final class Vp8lImage {
    private static final int LITERALS = 256;
    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;
    private static final int NEAR = 120;
    private static final int PREDICTOR = 0;
    private static final int COLOUR = 1;
    private static final int GREEN = 2;
    private static final int INDEXING = 3;

    /** Numbers in code tables: one for every four pixels, or this many of a small picture. */
    private static final int TABLES = 1 << 20;

    private static final int[] ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    /** Of the nearest pixels: 16 times the rows up, plus 8 minus the columns to the left. */
    private static final int[] PLACES = {
        0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15, 0x1b,
        0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45,
        0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d,
        0x68, 0x02, 0x67, 0x69, 0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e,
        0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b,
        0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d,
        0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70
    };

    private final Vp8lBits bits;
    private final TimeLimit time;
    private int tablesLeft;

    private Vp8lImage(Span data, int width, int height, TimeLimit time) {
        this.bits = new Vp8lBits(data);
        this.time = time;
        this.tablesLeft = Math.max(TABLES, width * height / 4);
    }

    /** Bytes that decoding takes at most. */
    static long memory(int width, int height) {
        long pixels = (long) width * height;
        return 4 * pixels + 4 * Math.max(TABLES, pixels / 4) + pixels; // The last for the data of transforms.
    }

    /**
     * @param data behind the header with the size
     * @return width x height values 0xAARRGGBB
     */
    static int[] decode(Span data, int width, int height, TimeLimit time) throws IOException, BadImageException {
        return new Vp8lImage(data, width, height, time).picture(width, height);
    }

    /** One step that was taken to make the pixels smaller, with what is needed to take it back. */
    private record Transform(int kind, int bits, int width, int[] data) {}

    private int[] picture(int width, int height) throws IOException, BadImageException {
        Transform[] transforms = new Transform[4];
        int count = 0;
        int packedWidth = width;
        while (bits.flag()) {
            int kind = bits.read(2);
            for (int i = 0; i < count; i++) {
                if (transforms[i].kind() == kind) {
                    throw new IOException("a WebP has a transform twice");
                }
            }
            Transform transform = transform(kind, packedWidth, height);
            transforms[count++] = transform;
            if (kind == INDEXING) {
                packedWidth = part(packedWidth, transform.bits());
            }
        }
        int[] pixels = new int[width * height];
        read(pixels, packedWidth, height, true);
        while (count > 0) {
            Transform transform = transforms[--count];
            switch (transform.kind()) {
                case PREDICTOR ->
                    Vp8lTransforms.predict(pixels, transform.width(), height, transform.bits(), transform.data(), time);
                case COLOUR ->
                    Vp8lTransforms.colours(pixels, transform.width(), height, transform.bits(), transform.data(), time);
                case GREEN -> Vp8lTransforms.green(pixels, transform.width(), height, time);
                default ->
                    Vp8lTransforms.indices(pixels, transform.width(), height, transform.bits(), transform.data(), time);
            }
        }
        return pixels;
    }

    private Transform transform(int kind, int width, int height) throws IOException, BadImageException {
        switch (kind) {
            case PREDICTOR, COLOUR -> {
                int size = bits.read(3) + 2;
                int across = part(width, size);
                int[] data = new int[across * part(height, size)];
                read(data, across, part(height, size), false);
                return new Transform(kind, size, width, data);
            }
            case INDEXING -> {
                int colours = bits.read(8) + 1;
                int[] map = new int[256];
                int[] read = new int[colours];
                read(read, colours, 1, false);
                for (int i = 0; i < colours; i++) {
                    map[i] = i == 0 ? read[0] : Vp8lTransforms.sum(map[i - 1], read[i]);
                }
                int packing = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3;
                return new Transform(kind, packing, width, map);
            }
            default -> {
                return new Transform(kind, 0, width, null);
            }
        }
    }

    private static int part(int size, int bits) {
        return size + (1 << bits) - 1 >> bits;
    }

    /** The five codes that hold for a part of the picture. */
    private record Codes(Vp8lCode green, Vp8lCode red, Vp8lCode blue, Vp8lCode alpha, Vp8lCode distance) {}

    /** @param whole whether parts of the picture may have codes of their own */
    private void read(int[] pixels, int width, int height, boolean whole) throws IOException, BadImageException {
        int cacheBits = 0;
        if (bits.flag()) {
            cacheBits = bits.read(4);
            if (cacheBits < 1 || cacheBits > 11) {
                throw new IOException("a WebP has a cache of " + cacheBits + " bits");
            }
        }
        int size = 0;
        int[] choice = null;
        if (whole && bits.flag()) {
            size = bits.read(3) + 2;
            int across = part(width, size);
            choice = new int[across * part(height, size)];
            read(choice, across, part(height, size), false);
        }
        Codes[] codes = codes(choice, cacheBits);
        pixels(pixels, width, height, codes, choice, size, cacheBits);
        bits.checkEnd();
    }

    /** Numbers the codes that are used anew in {@code choice}; those that no part uses are read and forgotten. */
    private Codes[] codes(int[] choice, int cacheBits) throws IOException, BadImageException {
        int[] lengths = new int[LITERALS + LENGTHS + (1 << cacheBits)];
        if (choice == null) {
            return new Codes[] {group(lengths, cacheBits)};
        }
        int most = 0;
        for (int i = 0; i < choice.length; i++) {
            choice[i] = choice[i] >> 8 & 0xFFFF;
            most = Math.max(most, choice[i]);
        }
        boolean[] used = new boolean[most + 1];
        for (int i : choice) {
            used[i] = true;
        }
        Codes[] codes = new Codes[most + 1];
        for (int i = 0; i <= most; i++) {
            time.check();
            Codes read = group(lengths, cacheBits);
            if (used[i]) {
                codes[i] = read;
                tablesLeft -= read.green().size()
                        + read.red().size()
                        + read.blue().size()
                        + read.alpha().size()
                        + read.distance().size();
                if (tablesLeft < 0) {
                    throw Refusal.tooMuch(
                            ImageFormat.WEBP,
                            "has larger code tables than this worker keeps for its size",
                            "save it again as an ordinary WebP, PNG or JPEG");
                }
            }
        }
        return codes;
    }

    private Codes group(int[] lengths, int cacheBits) throws IOException {
        int cache = cacheBits == 0 ? 0 : 1 << cacheBits;
        return new Codes(
                code(lengths, LITERALS + LENGTHS + cache),
                code(lengths, LITERALS),
                code(lengths, LITERALS),
                code(lengths, LITERALS),
                code(lengths, DISTANCES));
    }

    private Vp8lCode code(int[] lengths, int alphabet) throws IOException {
        bits.checkEnd();
        Arrays.fill(lengths, 0, alphabet, 0);
        if (bits.flag()) {
            boolean two = bits.flag();
            int first = bits.read(bits.flag() ? 8 : 1);
            int second = two ? bits.read(8) : first;
            if (first >= alphabet || second >= alphabet) {
                throw new IOException("a code of a WebP has an unknown symbol");
            }
            lengths[first] = 1;
            lengths[second] = 1;
        } else {
            lengths(lengths, alphabet);
        }
        return Vp8lCode.of(lengths, alphabet);
    }

    /** The lengths are themselves written in a code, with repetitions. */
    private void lengths(int[] lengths, int alphabet) throws IOException {
        int[] inner = new int[ORDER.length];
        int count = bits.read(4) + 4;
        for (int i = 0; i < count; i++) {
            inner[ORDER[i]] = bits.read(3);
        }
        Vp8lCode code = Vp8lCode.of(inner, inner.length);
        int symbols = bits.flag() ? 2 + bits.read(2 + 2 * bits.read(3)) : alphabet;
        int before = 8;
        for (int i = 0; i < alphabet && symbols > 0; symbols--) {
            int symbol = code.read(bits);
            if (symbol < 16) {
                lengths[i++] = symbol;
                before = symbol > 0 ? symbol : before;
                continue;
            }
            int times = symbol == 16 ? 3 + bits.read(2) : symbol == 17 ? 3 + bits.read(3) : 11 + bits.read(7);
            if (i + times > alphabet) {
                throw new IOException("a code of a WebP has too many symbols");
            }
            Arrays.fill(lengths, i, i + times, symbol == 16 ? before : 0);
            i += times;
        }
    }

    private void pixels(int[] pixels, int width, int height, Codes[] codes, int[] choice, int size, int cacheBits)
            throws IOException {
        int[] cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
        int end = width * height;
        int across = part(width, size);
        int mask = choice == null ? -1 : (1 << size) - 1;
        Codes current = codes[0];
        int x = 0;
        int y = 0;
        int at = 0;
        while (at < end) {
            if (choice != null && (x & mask) == 0) {
                current = codes[choice[(y >> size) * across + (x >> size)]];
            }
            int symbol = current.green().read(bits);
            int length = 1;
            if (symbol < LITERALS) {
                int red = current.red().read(bits);
                int blue = current.blue().read(bits);
                int alpha = current.alpha().read(bits);
                pixels[at] = alpha << 24 | red << 16 | symbol << 8 | blue;
            } else if (symbol < LITERALS + LENGTHS) {
                length = number(symbol - LITERALS);
                int distance = distance(number(current.distance().read(bits)), width);
                if (distance > at || length > end - at) {
                    throw new IOException("a WebP refers to pixels outside the picture");
                }
                for (int i = at; i < at + length; i++) {
                    pixels[i] = pixels[i - distance];
                }
            } else {
                pixels[at] = cache[symbol - LITERALS - LENGTHS];
            }
            for (int i = at; cacheBits > 0 && i < at + length; i++) {
                cache[0x1e35a7bd * pixels[i] >>> 32 - cacheBits] = pixels[i];
            }
            at += length;
            x += length;
            if (x >= width) {
                y += x / width;
                x %= width;
                time.check();
                bits.checkEnd();
                if (choice != null && at < end) {
                    current = codes[choice[(y >> size) * across + (x >> size)]];
                }
            } else if (choice != null && length > 1) {
                current = codes[choice[(y >> size) * across + (x >> size)]];
            }
        }
    }

    private int number(int symbol) {
        if (symbol < 4) {
            return symbol + 1;
        }
        int extra = symbol - 2 >> 1;
        return (2 + (symbol & 1) << extra) + bits.read(extra) + 1;
    }

    private static int distance(int code, int width) {
        if (code > NEAR) {
            return code - NEAR;
        }
        int place = PLACES[code - 1];
        return Math.max(1, (place >> 4) * width + 8 - (place & 15));
    }
}
