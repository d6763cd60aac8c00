package io.unifluid.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;

/** Small files that ask for much. Each is named after what it asks for. */
final class PictureBombs {
    private static final int MIB = 1 << 20;

    private PictureBombs() {}

    static List<HostilePicture> all() {
        List<HostilePicture> all = new ArrayList<>();
        all.add(bomb("JPEG of 4000 scans over 36 megapixels", jpeg(6000, 6000, 4000)));
        all.add(bomb("JPEG of 60 scans over 36 megapixels", jpeg(6000, 6000, 60)));
        all.add(bomb("JPEG of 3000 scans over few pixels", jpeg(64, 64, 3000)));
        all.add(bomb("JPEG of 65535x65535 px", jpeg(65535, 65535, 1)));
        all.add(bomb("JPEG of 0x0 px", jpeg(0, 0, 1)));
        all.add(bomb("JPEG of a million comments", repeated(jpeg(8, 8, 1), 2, new byte[] {-1, -2, 0, 2}, 1_000_000)));
        all.add(bomb("JPEG of a million tables", repeated(jpeg(8, 8, 1), 2, new byte[] {-1, -37, 0, 2}, 1_000_000)));
        all.add(bomb("JPEG whose EXIF leads back to itself", exif()));
        pngs(all);
        gifs(all);
        webps(all);
        bmps(all);
        tiffs(all);
        return List.copyOf(all);
    }

    private static HostilePicture bomb(String name, byte[] bytes) {
        return new HostilePicture(name, bytes);
    }

    /** One scan of averages, and then scans of a few bytes that say "nothing more in the next 32767 blocks". */
    private static byte[] jpeg(int width, int height, int scans) {
        Bytes out = new Bytes();
        out.ints(0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0).fill(1, 64);
        out.ints(0xFF, 0xC2, 0, 11, 8, height >> 8, height, width >> 8, width, 1, 1, 0x11, 0);
        out.ints(0xFF, 0xC4, 0, 20, 0, 1).fill(0, 15).ints(0);
        out.ints(0xFF, 0xC4, 0, 20, 0x10, 1).fill(0, 15).ints(0xE0);
        long blocks = (long) Math.ceilDiv(width, 8) * Math.ceilDiv(height, 8);
        out.ints(0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0).fill(0, (int) Math.min(MIB, blocks / 8 + 1));
        int runs = (int) Math.min(1000, blocks / 32767 + 1);
        for (int i = 0; i < scans; i++) {
            out.ints(0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0);
            out.bits(runs, 15, 0x3FFF);
        }
        return out.ints(0xFF, 0xD9).array();
    }

    private static byte[] exif() {
        byte[] segment = new Bytes()
                .ints(0xFF, 0xE1, 0, 46, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8)
                .ints(0, 2, 0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8, 0x01, 0x12, 0, 3, 0x7F, -1, -1, -1, 0, 0, 0, 8)
                .ints(0, 0, 0, 8)
                .array();
        return repeated(jpeg(8, 8, 1), 2, segment, 1);
    }

    private static void pngs(List<HostilePicture> all) {
        byte[] bomb = new Bytes().text("Comment\0\0").bytes(deflated(300 * MIB)).array();
        byte[] exif =
                new Bytes().ints('M', 'M', 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0).array();
        all.add(bomb(
                "PNG whose text inflates to 300 MiB", png(8, 8, 8, 2, deflated(8 * 25), "eXIf", exif, "zTXt", bomb)));
        byte[] text =
                new Bytes().text("Comment\0\1\0\0\0").bytes(deflated(300 * MIB)).array();
        all.add(bomb(
                "PNG whose translated text inflates to 300 MiB",
                png(8, 8, 8, 2, deflated(8 * 25), "eXIf", exif, "iTXt", text)));
        all.add(bomb(
                "PNG whose profile inflates to 300 MiB",
                png(8, 8, 8, 2, deflated(8 * 25), "eXIf", exif, "iCCP", bomb)));
        all.add(bomb("PNG whose pixels inflate to 300 MiB more than it has", png(8, 8, 8, 2, deflated(300 * MIB))));
        all.add(bomb("PNG of 50000x50000 px", png(50_000, 50_000, 8, 2, deflated(MIB))));
        all.add(bomb(
                "PNG of 2147483647x2147483647 px", png(Integer.MAX_VALUE, Integer.MAX_VALUE, 8, 6, deflated(MIB))));
        all.add(bomb("PNG of 1x39000000 px", png(1, 39_000_000, 8, 0, deflated(78_000_000))));
        all.add(bomb("PNG of 39000000x1 px", png(39_000_000, 1, 16, 6, deflated(8 * 39_000_000 + 1))));
        all.add(bomb("PNG of 6300x6300 px of 64 bits", png(6300, 6300, 16, 6, deflated(6300 * (8 * 6300 + 1)))));
        all.add(bomb("PNG of 0x0 px", png(0, 0, 8, 2, deflated(0))));
        Bytes chunks = new Bytes().bytes(png(8, 8, 8, 2, new byte[0]));
        byte[] empty = new Bytes().chunk("IDAT", new byte[0]).array();
        all.add(bomb("PNG of 300000 chunks", repeated(chunks.array(), 33, empty, 300_000)));
    }

    private static byte[] png(int width, int height, int bits, int type, byte[] data, Object... before) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) bits)
                .put((byte) type)
                .array();
        Bytes out = new Bytes().ints(0x89, 'P', 'N', 'G', 13, 10, 26, 10).chunk("IHDR", header);
        for (int i = 0; i < before.length; i += 2) {
            out.chunk((String) before[i], (byte[]) before[i + 1]);
        }
        return out.chunk("IDAT", data).chunk("IEND", new byte[0]).array();
    }

    private static void gifs(List<HostilePicture> all) {
        all.add(bomb("GIF of 65535x600 px with no data", gif(65535, 600, 65535, 600, new byte[0])));
        all.add(bomb("GIF of 65535x65535 px", gif(65535, 65535, 8, 8, new byte[] {1, 0x44, 0})));
        all.add(bomb("GIF of 0x0 px", gif(0, 0, 0, 0, new byte[] {1, 0x44, 0})));
        byte[] block = new byte[256];
        block[0] = (byte) 255;
        byte[] plain = gif(8, 8, 8, 8, new byte[] {1, 0x44, 0});
        all.add(bomb("GIF of 12 MiB behind its last pixel", repeated(plain, plain.length - 3, block, 48_000)));
        all.add(bomb("GIF of a million extensions", repeated(plain, 19, new byte[] {0x21, (byte) 0xFE, 0}, 1_000_000)));
    }

    private static byte[] gif(int screenWidth, int screenHeight, int width, int height, byte[] blocks) {
        return new Bytes()
                .text("GIF89a")
                .shorts(screenWidth, screenHeight)
                .ints(0x80, 0, 0)
                .fill(7, 6)
                .ints(0x2C)
                .shorts(0, 0, width, height)
                .ints(0, 2)
                .bytes(blocks)
                .ints(0, 0x3B)
                .array();
    }

    private static void webps(List<HostilePicture> all) {
        // Each transform of kind 2 takes three bits and a pass over all pixels.
        byte[] transforms = new byte[MIB];
        for (int i = 0; i < 8L * MIB; i++) {
            transforms[i >> 3] |= (byte) ((i % 3 == 1 ? 0 : 1) << (i & 7));
        }
        all.add(bomb("WebP of 2.8 million transforms over 39 megapixels", lossless(16_383, 2380, transforms)));
        byte[] noise = new byte[MIB];
        new java.util.Random(3).nextBytes(noise);
        all.add(bomb("WebP of noise over 39 megapixels", lossless(16_383, 2380, noise)));
        all.add(bomb("WebP of 16383x16383 px", lossless(16_383, 16_383, noise)));
        byte[] canvas = new Bytes().ints(0x12, 0, 0, 0, -1, -1, -1, -1, -1, -1).array();
        all.add(bomb("WebP of a canvas of 16777216x16777216 px", riff("VP8X", canvas)));
        byte[] key = new Bytes()
                .ints(0x10, 0x40, 0, 0x9D, 1, 0x2A, 0xFF, 0x3F, 0x4C, 9)
                .fill(0, 2000)
                .array();
        all.add(bomb("WebP of 16383x2380 px with 2 kB of data", riff("VP8 ", key)));
        byte[] nothing = new Bytes()
                .ints(0x10, 0x40, 0, 0x9D, 1, 0x2A, 0, 0, 0, 0)
                .fill(0, 600)
                .array();
        all.add(bomb("WebP of 0x0 px", riff("VP8 ", nothing)));
    }

    private static byte[] lossless(int width, int height, byte[] data) {
        int size = width - 1 | height - 1 << 14;
        return riff(
                "VP8L",
                new Bytes()
                        .ints(0x2F, size, size >> 8, size >> 16, size >>> 24)
                        .bytes(data)
                        .array());
    }

    private static byte[] riff(String name, byte[] content) {
        byte[] head = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(12 + content.length + (content.length & 1))
                .put(new byte[] {'W', 'E', 'B', 'P'})
                .array();
        byte[] length = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(content.length)
                .array();
        return new Bytes()
                .text("RIFF")
                .bytes(head)
                .text(name)
                .bytes(length)
                .bytes(content)
                .fill(0, content.length & 1)
                .array();
    }

    private static void bmps(List<HostilePicture> all) {
        all.add(bomb("BMP whose runs are said to be 2 GiB", bmp(6000, 6000, 8, 1, Integer.MAX_VALUE, 100)));
        all.add(bomb("BMP of 1x-39000000 px in runs", bmp(1, 39_000_000, 8, 1, 100, 100)));
        all.add(bomb("BMP of -2147483648 rows", bmp(8, Integer.MIN_VALUE, 24, 0, 0, 300)));
        all.add(bomb("BMP of 60000x60000 px", bmp(60_000, 60_000, 1, 0, 0, 300)));
        all.add(bomb("BMP of 0x0 px", bmp(0, 0, 24, 0, 0, 300)));
        byte[] inside = bmp(6000, 6000, 0, 4, 0, 0);
        all.add(bomb(
                "BMP with a JPEG of 4000 scans inside",
                new Bytes().bytes(inside).bytes(jpeg(6000, 6000, 4000)).array()));
    }

    private static byte[] bmp(int width, int height, int bits, int packing, int size, int data) {
        byte[] head = ByteBuffer.allocate(54)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'B')
                .put((byte) 'M')
                .putInt(54 + data)
                .putInt(0)
                .putInt(54)
                .putInt(40)
                .putInt(width)
                .putInt(height)
                .putShort((short) 1)
                .putShort((short) bits)
                .putInt(packing)
                .putInt(size)
                .array();
        return new Bytes().bytes(head).fill(1, data).array();
    }

    private static void tiffs(List<HostilePicture> all) {
        byte[] data = deflated(3 * 64 * 64);
        all.add(bomb("TIFF whose directory leads back to itself", tiff(64, 64, 8, 8, data, 8)));
        all.add(bomb(
                "TIFF of a strip that inflates to 300 MiB more than it has",
                tiff(64, 64, 8, 8, deflated(300 * MIB), 0)));
        all.add(bomb("TIFF of 4294967295x4294967295 px", tiff(-1, -1, 8, 8, data, 0)));
        all.add(bomb("TIFF of 6300x6300 px in one strip", tiff(6300, 6300, 16, 8, deflated(6 * 6300 * 6300), 0)));
        all.add(bomb("TIFF of 1x39000000 px", tiff(1, 39_000_000, 8, 8, deflated(3 * 39_000_000), 0)));
        all.add(bomb("TIFF of 39000000x1 px", tiff(39_000_000, 1, 8, 8, deflated(3 * 39_000_000), 0)));
        all.add(bomb("TIFF of 0x0 px", tiff(0, 0, 8, 8, data, 0)));
        all.add(bomb("TIFF with a JPEG of 4000 scans inside", tiff(6000, 6000, 8, 7, jpeg(6000, 6000, 4000), 0)));
        byte[] entries = new Bytes()
                .text("II")
                .shorts(42)
                .ints(8, 0, 0, 0)
                .shorts(65535)
                .fill(255, 12 * 65535)
                .array();
        all.add(bomb("TIFF of 65535 entries", entries));
        byte[] big = new Bytes()
                .text("II")
                .shorts(43, 8, 0)
                .ints(16)
                .fill(0, 7)
                .fill(255, 8)
                .array();
        all.add(bomb("BigTIFF of 18446744073709551615 entries", big));
    }

    /** Three samples a pixel in one strip. */
    private static byte[] tiff(int width, int height, int bits, int packing, byte[] data, int next) {
        int[][] entries = {
            {256, 4, width},
            {257, 4, height},
            {258, 3, bits},
            {259, 3, packing},
            {262, 3, 2},
            {273, 4, 122},
            {277, 3, 3},
            {278, 4, height},
            {279, 4, data.length}
        };
        ByteBuffer out = ByteBuffer.allocate(122).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) entries.length);
        for (int[] entry : entries) {
            out.putShort((short) entry[0]).putShort((short) entry[1]).putInt(1).putInt(entry[2]);
        }
        out.putInt(next);
        return new Bytes().bytes(out.array()).bytes(data).array();
    }

    /** So many zeros, as zlib packs them. */
    private static byte[] deflated(int zeros) {
        try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
            byte[] chunk = new byte[MIB];
            byte[] packed = new byte[MIB];
            Bytes out = new Bytes();
            for (int left = zeros; left > 0; left -= chunk.length) {
                deflater.setInput(chunk, 0, Math.min(left, chunk.length));
                while (!deflater.needsInput()) {
                    out.bytes(Arrays.copyOf(packed, deflater.deflate(packed)));
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                out.bytes(Arrays.copyOf(packed, deflater.deflate(packed)));
            }
            return out.array();
        }
    }

    /** With a part put in so many times. */
    private static byte[] repeated(byte[] bytes, int at, byte[] part, int times) {
        byte[] parts = new byte[part.length * times];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = part[i % part.length];
        }
        return new Bytes()
                .bytes(Arrays.copyOf(bytes, at))
                .bytes(parts)
                .bytes(Arrays.copyOfRange(bytes, at, bytes.length))
                .array();
    }

    /** Bytes one after the other. */
    private static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        byte[] array() {
            return out.toByteArray();
        }

        Bytes ints(int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
            return this;
        }

        /** Lowest byte first. */
        Bytes shorts(int... numbers) {
            for (int number : numbers) {
                ints(number, number >> 8);
            }
            return this;
        }

        Bytes fill(int value, int count) {
            byte[] filled = new byte[count];
            Arrays.fill(filled, (byte) value);
            return bytes(filled);
        }

        Bytes bytes(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Bytes text(String text) {
            return bytes(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }

        /** The same bits again and again, from the highest on, with the zeros that JPEG puts behind 255. */
        Bytes bits(int times, int width, int value) {
            long held = 0;
            int count = 0;
            for (int i = 0; i < times; i++) {
                held = held << width | value;
                count += width;
                while (count >= 8) {
                    stuffed((int) (held >> count - 8) & 255);
                    count -= 8;
                }
            }
            if (count > 0) {
                stuffed((int) (held << 8 - count | (1 << 8 - count) - 1) & 255);
            }
            return this;
        }

        private void stuffed(int b) {
            out.write(b);
            if (b == 255) {
                out.write(0);
            }
        }

        Bytes chunk(String name, byte[] data) {
            java.util.zip.CRC32 sum = new java.util.zip.CRC32();
            byte[] type = name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            sum.update(type);
            sum.update(data);
            return bytes(ByteBuffer.allocate(4).putInt(data.length).array())
                    .bytes(type)
                    .bytes(data)
                    .bytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
        }
    }
}
