package io.unifluid.inference.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;

/**
 * A TIFF file: its first picture. Read here, row by row, for the ways of packing that need little; strips and tiles of
 * JPEG go the way of JPEG files, fax goes to the JDK's reader. What is not read is refused by name.
 *
 * @param tags of the picture
 * @param layout of its samples
 * @param parts its strips or tiles
 * @param packing the value of the Compression tag, one that is read
 */
record TiffFile(byte[] bytes, TiffTags tags, TiffLayout layout, TiffParts parts, int packing) implements PictureFile {
    private static final int STORED = 1;
    private static final int LZW = 5;
    private static final int JPEG = 7;
    private static final int DEFLATE = 8;
    private static final int OLD_DEFLATE = 32946;
    private static final int PACK_BITS = 32773;

    /** What a decompressor keeps. */
    private static final int STATE = 1 << 16;

    static TiffFile of(byte[] bytes) throws BadImageException {
        TiffTags tags = TiffTags.of(bytes);
        if (tags.has(50706)) {
            throw Refusal.unread(ImageFormat.TIFF, "is a camera's raw picture (DNG)", "convert it to JPEG or PNG");
        }
        long width = tags.number(256, 0);
        long height = tags.number(257, 0);
        if (width <= 0 || height <= 0) {
            throw Refusal.noPixels(width, height);
        }
        if (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
            throw Refusal.tooManyPixels(width, height, Integer.MAX_VALUE);
        }
        int packing = (int) tags.number(259, STORED);
        checkRead(packing);
        TiffLayout layout = TiffLayout.of(tags, packing);
        return new TiffFile(bytes, tags, layout, TiffParts.of(tags, bytes, layout, (int) width, (int) height), packing);
    }

    private static boolean fax(int packing) {
        return packing >= 2 && packing <= 4;
    }

    private static void checkRead(int packing) throws BadImageException {
        String name = switch (packing) {
            case STORED, 2, 3, 4, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACK_BITS -> null;
            case 6 -> "old-style JPEG";
            case 9, 10, 34661 -> "JBIG";
            case 32766 -> "NeXT's compression";
            case 32809 -> "ThunderScan";
            case 32908, 32909 -> "Pixar's compression";
            case 33003, 33004, 33005, 34712 -> "JPEG 2000";
            case 34676, 34677 -> "SGI's logarithmic compression";
            case 34713 -> "Nikon's compression";
            case 34887 -> "LERC";
            case 34925 -> "LZMA";
            case 34933, 34934 -> "PNG";
            case 50000, 34926 -> "Zstandard (zstd)";
            case 50001, 34927 -> "WebP";
            case 50002, 52546 -> "JPEG XL";
            default -> "compression number " + packing;
        };
        if (name != null) {
            throw Refusal.unread(ImageFormat.TIFF, "uses " + name, "save it with LZW or Deflate, or as PNG or JPEG");
        }
    }

    @Override
    public int width() {
        return parts.width();
    }

    @Override
    public int height() {
        return parts.height();
    }

    @Override
    public Orientation orientation() {
        try {
            return Orientation.of(tags.number(274, 1));
        } catch (BadImageException _) {
            return Orientation.upright();
        }
    }

    @Override
    public Colours colours() {
        Span profile = tags.bytes(34675);
        if (profile == null) {
            return Colours.AS_STORED;
        }
        return switch (layout.colour()) {
            case GREY, WHITE_IS_ZERO -> Colours.ofGrey(profile);
            case RGB, PALETTE, YCC -> Colours.ofRgb(profile);
            case INKS -> Colours.AS_STORED;
        };
    }

    @Override
    public boolean skips() {
        return false;
    }

    @Override
    public long memory(int skip) {
        if (fax(packing)) {
            return (long) width() * height() / 4;
        }
        if (packing == JPEG) {
            return (long) width() * parts.partHeight() * 3 + 7L * parts.partWidth() * parts.partHeight();
        }
        long streams = (long) parts.across() * layout.planes();
        return streams * (packing == STORED ? 64 : STATE) + 8L * width() * layout.samples();
    }

    @Override
    public PixelRows read(int skip, TimeLimit time) throws IOException, BadImageException {
        if (fax(packing)) {
            return TiffFax.read(this, time);
        }
        return packing == JPEG ? new TiffJpegRows(this, time) : new TiffRows(this, time);
    }

    /** The bytes of a strip or tile, unpacked as they are read. */
    InputStream unpacked(int part, TimeLimit time) throws BadImageException {
        Span packed = parts.data(part);
        InputStream in = new ByteArrayInputStream(packed.bytes(), packed.from(), packed.length());
        return switch (packing) {
            case LZW -> new LzwInput(packed);
            case DEFLATE, OLD_DEFLATE -> new InflaterInputStream(in);
            case PACK_BITS -> new PackBitsInput(packed);
            default -> in;
        };
    }

    ByteOrder order() {
        return tags.order();
    }

    /** Tables that all JPEG strips or tiles share. */
    byte[] jpegTables() {
        Span tables = tags.bytes(347);
        return tables == null ? new byte[0] : Arrays.copyOfRange(tables.bytes(), tables.from(), tables.to());
    }
}
