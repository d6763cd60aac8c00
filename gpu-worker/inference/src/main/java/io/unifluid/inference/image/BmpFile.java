package io.unifluid.inference.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A BMP file. Read here, not by the JDK: that one hands pictures inside a BMP on to other readers and takes lengths
 * from the header for arrays.
 *
 * @param at where the pixels begin in the file
 * @param run whether pixels are packed as runs
 * @param palette 0xAARRGGBB of each index, or null
 * @param masks of red, green, blue and alpha, for 16 and 32 bits
 */
record BmpFile(
        byte[] bytes,
        int width,
        int height,
        boolean topDown,
        int bits,
        int at,
        boolean run,
        int[] palette,
        Mask[] masks)
        implements PictureFile {
    private static final int FILE_HEADER = 14;
    private static final int CORE = 12;
    private static final int INFO = 40;

    /** One colour's bits of a pixel. */
    record Mask(int shift, int most) {
        static Mask of(int bits) {
            int shift = bits == 0 ? 0 : Integer.numberOfTrailingZeros(bits);
            return new Mask(shift, bits >>> shift);
        }

        int value(int pixel) {
            int value = pixel >>> shift & most;
            return most == 255 ? value : most == 0 ? 0 : (int) ((value * 255L + (most >>> 1)) / most);
        }
    }

    static BmpFile of(byte[] bytes) throws BadImageException {
        ByteBuffer bmp = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int header = bytes.length < FILE_HEADER + 4 ? 0 : bmp.getInt(FILE_HEADER);
        if (bytes.length < FILE_HEADER + Math.max(CORE, Math.min(header, INFO))) {
            throw Refusal.cutShort(ImageFormat.BMP, bytes.length);
        }
        if (header == CORE) {
            int width = bmp.getShort(18) & 0xFFFF;
            int height = bmp.getShort(20) & 0xFFFF;
            return new Header(bmp, header, width, height, bmp.getShort(24) & 0xFFFF, 0).file();
        }
        if (header < INFO || header > 1 << 16) {
            throw Refusal.damaged(ImageFormat.BMP, "it has a header of " + (header & 0xFFFFFFFFL) + " bytes");
        }
        return new Header(bmp, header, bmp.getInt(18), bmp.getInt(22), bmp.getShort(28) & 0xFFFF, bmp.getInt(30))
                .file();
    }

    private record Header(ByteBuffer bmp, int size, int width, int height, int bits, int compression) {

        BmpFile file() throws BadImageException {
            checkKind();
            long high = Math.abs((long) height);
            if (width == 0 || high == 0) {
                throw Refusal.noPixels(width, high);
            }
            if (width < 0 || high > Integer.MAX_VALUE) {
                throw Refusal.damaged(ImageFormat.BMP, "its header says " + width + "x" + height + " px");
            }
            boolean run = compression == 1 || compression == 2;
            long at = bmp.getInt(10) & 0xFFFFFFFFL;
            long row = run ? 0 : Math.ceilDiv((long) width * bits, 32) * 4;
            long end = at + (run ? 1 : row * (high - 1) + Math.ceilDiv((long) width * bits, 8));
            if (end > bmp.capacity()) {
                throw Refusal.cutShort(ImageFormat.BMP, bmp.capacity());
            }
            boolean topDown = height < 0 && !run;
            return new BmpFile(
                    bmp.array(),
                    width,
                    (int) high,
                    topDown,
                    bits,
                    (int) at,
                    run,
                    bits <= 8 ? palette((int) at) : null,
                    masks());
        }

        private void checkKind() throws BadImageException {
            String advice = "save it as an ordinary BMP, PNG or JPEG";
            switch (compression) {
                case 0, 1, 2, 3, 6 -> {}
                case 4 ->
                    throw Refusal.unread(
                            ImageFormat.BMP, size == 64 ? "uses OS/2's RLE24" : "has a JPEG inside", advice);
                case 5 -> throw Refusal.unread(ImageFormat.BMP, "has a PNG inside", advice);
                case 11, 12, 13 -> throw Refusal.unread(ImageFormat.BMP, "stores inks (CMYK)", advice);
                default ->
                    throw Refusal.damaged(ImageFormat.BMP, "its way of packing is unknown (" + compression + ")");
            }
            boolean fits = switch (compression) {
                case 1 -> bits == 8;
                case 2 -> bits == 4;
                case 3, 6 -> bits == 16 || bits == 32;
                default -> bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
            };
            if (size == 64 && compression == 3) {
                throw Refusal.unread(ImageFormat.BMP, "uses OS/2's Huffman coding", advice);
            }
            if (!fits) {
                throw bits == 2 || bits == 64
                        ? Refusal.unread(ImageFormat.BMP, "has " + bits + " bits per pixel", advice)
                        : Refusal.damaged(ImageFormat.BMP, "its header says " + bits + " bits per pixel");
            }
        }

        private int[] palette(int at) {
            int[] palette = new int[256];
            Arrays.fill(palette, 0xFF000000);
            int entry = size == CORE ? 3 : 4;
            int from = FILE_HEADER + size;
            int used = size == CORE ? 0 : bmp.getInt(46);
            int most = used > 0 && used <= 256 ? used : 1 << bits;
            for (int i = 0; i < most && from + 3 <= bmp.capacity() && from + 3 <= at; i++, from += entry) {
                palette[i] = 0xFF000000
                        | (bmp.get(from + 2) & 255) << 16
                        | (bmp.get(from + 1) & 255) << 8
                        | bmp.get(from) & 255;
            }
            return palette;
        }

        private Mask[] masks() {
            boolean given = compression == 3 || compression == 6;
            int at = FILE_HEADER + INFO;
            if (given && at + 16 <= bmp.capacity()) {
                boolean alpha = compression == 6 || size >= 56;
                return new Mask[] {
                    Mask.of(bmp.getInt(at)),
                    Mask.of(bmp.getInt(at + 4)),
                    Mask.of(bmp.getInt(at + 8)),
                    Mask.of(alpha ? bmp.getInt(at + 12) : 0)
                };
            }
            return bits == 16
                    ? new Mask[] {Mask.of(0x7C00), Mask.of(0x3E0), Mask.of(0x1F), Mask.of(0)}
                    : new Mask[] {Mask.of(0xFF0000), Mask.of(0xFF00), Mask.of(0xFF), Mask.of(0)};
        }
    }

    @Override
    public Orientation orientation() {
        return Orientation.upright();
    }

    @Override
    public Colours colours() {
        return Colours.AS_STORED;
    }

    @Override
    public boolean skips() {
        return true;
    }

    @Override
    public long memory(int skip) {
        return run ? (long) width * height : 0;
    }

    @Override
    public PixelRows read(int skip, TimeLimit time) throws IOException, BadImageException {
        return run
                ? new Rows(unpacked(time), 0, width, 8, skip, time)
                : new Rows(bytes, at, rowLength(), bits, skip, time);
    }

    private int rowLength() {
        return (int) (Math.ceilDiv((long) width * bits, 32) * 4);
    }

    /** The pixels of runs, one byte each, lowest row first. */
    private byte[] unpacked(TimeLimit time) throws IOException, BadImageException {
        byte[] indices = new byte[width * height];
        int from = at;
        int x = 0;
        int y = 0;
        while (y < height) {
            if (from + 2 > bytes.length) {
                throw Refusal.cutShort(ImageFormat.BMP, bytes.length);
            }
            if ((from & 0xFFF) < 2) {
                time.check();
            }
            int count = bytes[from] & 255;
            int value = bytes[from + 1] & 255;
            from += 2;
            if (count > 0) {
                for (int i = 0; i < count && x < width; i++, x++) {
                    indices[y * width + x] = (byte) (bits == 8 ? value : (i & 1) == 0 ? value >> 4 : value & 15);
                }
            } else if (value == 0) {
                x = 0;
                y++;
            } else if (value == 1) {
                return indices;
            } else if (value == 2) {
                if (from + 2 > bytes.length) {
                    throw Refusal.cutShort(ImageFormat.BMP, bytes.length);
                }
                x += bytes[from] & 255;
                y += bytes[from + 1] & 255;
                from += 2;
            } else {
                int length = bits == 8 ? value : value + 1 >> 1;
                if (from + length > bytes.length) {
                    throw Refusal.cutShort(ImageFormat.BMP, bytes.length);
                }
                for (int i = 0; i < value && x < width; i++, x++) {
                    int packed = bytes[from + (bits == 8 ? i : i >> 1)] & 255;
                    indices[y * width + x] = (byte) (bits == 8 ? packed : (i & 1) == 0 ? packed >> 4 : packed & 15);
                }
                from += length + (length & 1);
            }
        }
        return indices;
    }

    private final class Rows implements PixelRows {
        private final byte[] data;
        private final int start;
        private final int rowLength;
        private final int depth;
        private final int skip;
        private final TimeLimit time;

        Rows(byte[] data, int start, int rowLength, int depth, int skip, TimeLimit time) {
            this.data = data;
            this.start = start;
            this.rowLength = rowLength;
            this.depth = depth;
            this.skip = skip;
            this.time = time;
        }

        @Override
        public int width() {
            return Math.ceilDiv(width, skip);
        }

        @Override
        public int height() {
            return Math.ceilDiv(height, skip);
        }

        @Override
        public void read(int y, int[] argb) throws IOException {
            time.check();
            int stored = topDown ? y * skip : height - 1 - y * skip;
            int from = start + stored * rowLength;
            int count = width();
            switch (depth) {
                case 8 -> {
                    for (int i = 0, at = from; i < count; i++, at += skip) {
                        argb[i] = palette[data[at] & 255];
                    }
                }
                case 24 -> {
                    for (int i = 0, at = from; i < count; i++, at += 3 * skip) {
                        argb[i] = 0xFF000000 | (data[at + 2] & 255) << 16 | (data[at + 1] & 255) << 8 | data[at] & 255;
                    }
                }
                case 16 -> {
                    for (int i = 0, at = from; i < count; i++, at += 2 * skip) {
                        argb[i] = masked((data[at + 1] & 255) << 8 | data[at] & 255);
                    }
                }
                case 32 -> {
                    for (int i = 0, at = from; i < count; i++, at += 4 * skip) {
                        argb[i] = masked(data[at + 3] << 24
                                | (data[at + 2] & 255) << 16
                                | (data[at + 1] & 255) << 8
                                | data[at] & 255);
                    }
                }
                default -> {
                    for (int i = 0, bit = 0; i < count; i++, bit += depth * skip) {
                        int index = (data[from + (bit >> 3)] & 255) >> 8 - depth - (bit & 7) & (1 << depth) - 1;
                        argb[i] = palette[index];
                    }
                }
            }
        }

        @Override
        public boolean opaque() {
            return masks[3].most() == 0;
        }

        private int masked(int pixel) {
            int alpha = masks[3].most() == 0 ? 255 : masks[3].value(pixel);
            return alpha << 24 | masks[0].value(pixel) << 16 | masks[1].value(pixel) << 8 | masks[2].value(pixel);
        }
    }
}
