package io.unifluid.inference.image;

import io.unifluid.inference.image.Samples.Meaning;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * A PNG file. One walk checks the chunks, their order and their checksums, and keeps header, palette and data for the
 * JDK's reader; text and other metadata it never sees. Pixels are inflated row by row, as many as the header says.
 *
 * @param parts what the reader gets
 * @param palette 0xAARRGGBB of each index, or null
 * @param clear the samples of the transparent colour, or null
 */
record PngFile(
        int width,
        int height,
        int bits,
        Meaning meaning,
        List<Span> parts,
        int[] palette,
        int[] clear,
        Orientation orientation,
        Colours colours)
        implements PictureFile {
    private static final int MOST_CHUNKS = 1 << 16;
    private static final int MOST_PROFILE = 1 << 17;
    private static final int SIGNATURE = 8;
    private static final int AROUND_DATA = 12;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504C5445;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;
    private static final int TRNS = 0x74524E53;
    private static final int EXIF = 0x65584966;
    private static final int ICCP = 0x69434350;
    private static final int CGBI = 0x43674249;
    private static final byte[] BEGINNING = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    private static final byte[] ENDING = {0, 0, 0, 0, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0, 0, 0, 0};

    static PngFile of(byte[] bytes) throws BadImageException {
        ByteBuffer png = ByteBuffer.wrap(bytes);
        Span header = null;
        Span colours = null;
        Span transparency = null;
        Span profile = null;
        Orientation orientation = Orientation.upright();
        List<Span> data = new ArrayList<>();
        int chunks = 0;
        int at = SIGNATURE;
        while (bytes.length - at >= AROUND_DATA) {
            int length = png.getInt(at);
            int type = png.getInt(at + 4);
            if (type == CGBI && header == null) {
                throw Refusal.unread(
                        ImageFormat.PNG, "is of Apple's own kind (CgBI)", "convert it to an ordinary PNG or JPEG");
            }
            if (header == null && type != IHDR) {
                throw Refusal.damaged(ImageFormat.PNG, "it does not begin with a header");
            }
            if (length < 0 || length > bytes.length - at - AROUND_DATA) {
                break;
            }
            if (++chunks > MOST_CHUNKS) {
                throw Refusal.tooMuch(
                        ImageFormat.PNG,
                        "has more than " + MOST_CHUNKS + " chunks, the most that this worker reads",
                        "save it again with larger chunks");
            }
            if (type == IHDR || type == PLTE || type == IDAT) {
                checkSum(png, at, length);
            }
            Span content = new Span(bytes, at + 8, at + 8 + length);
            switch (type) {
                case IHDR -> {
                    if (header != null || length != 13) {
                        throw Refusal.damaged(ImageFormat.PNG, "its header is not one of 13 bytes");
                    }
                    header = content;
                }
                case PLTE -> colours = content;
                case TRNS -> transparency = content;
                case ICCP -> profile = content;
                case EXIF -> orientation = Orientation.ofExif(content);
                case IDAT -> data.add(content);
                case IEND -> {
                    return file(png, header, colours, transparency, profile, orientation, data);
                }
                default -> checkMayBePassedOver(type);
            }
            at += AROUND_DATA + length;
        }
        throw Refusal.cutShort(ImageFormat.PNG, bytes.length);
    }

    private static void checkSum(ByteBuffer png, int at, int length) throws BadImageException {
        CRC32 sum = new CRC32();
        sum.update(png.array(), at + 4, length + 4);
        if ((int) sum.getValue() != png.getInt(at + 8 + length)) {
            throw Refusal.damaged(
                    ImageFormat.PNG, "checksum of its " + name(png.getInt(at + 4)) + " chunk at byte " + at);
        }
    }

    /** A chunk whose name begins with a capital letter may not be passed over. */
    private static void checkMayBePassedOver(int type) throws BadImageException {
        for (int shift = 24; shift >= 0; shift -= 8) {
            if (!Character.isLetter(type >>> shift & 0x7F) || (type >>> shift & 0x80) != 0) {
                throw Refusal.damaged(ImageFormat.PNG, "a chunk has a name that is none");
            }
        }
        if ((type & 0x20000000) == 0) {
            throw Refusal.unread(ImageFormat.PNG, "needs its chunk " + name(type), "save it as an ordinary PNG");
        }
    }

    private static String name(int type) {
        return "" + (char) (type >>> 24) + (char) (type >> 16 & 255) + (char) (type >> 8 & 255) + (char) (type & 255);
    }

    private static PngFile file(
            ByteBuffer png,
            Span header,
            Span colours,
            Span transparency,
            Span profile,
            Orientation orientation,
            List<Span> data)
            throws BadImageException {
        int width = png.getInt(header.from());
        int height = png.getInt(header.from() + 4);
        int bits = png.get(header.from() + 8);
        int type = png.get(header.from() + 9);
        int packing = png.get(header.from() + 10);
        int filter = png.get(header.from() + 11);
        int interlace = png.get(header.from() + 12);
        if (width == 0 || height == 0) {
            throw Refusal.noPixels(width, height);
        }
        Meaning meaning = meaning(type, bits);
        if (meaning == null
                || packing != 0
                || filter != 0
                || interlace < 0
                || interlace > 1
                || width < 0
                || height < 0) {
            throw Refusal.damaged(ImageFormat.PNG, "its header says what no PNG can be");
        }
        if (data.isEmpty()) {
            throw Refusal.damaged(ImageFormat.PNG, "it holds no picture");
        }
        List<Span> parts = new ArrayList<>();
        parts.add(Span.of(BEGINNING));
        parts.add(new Span(png.array(), header.from() - 8, header.to() + 4));
        int[] palette = null;
        if (meaning == Meaning.PALETTE) {
            if (colours == null || colours.length() % 3 != 0 || colours.length() > 3 * 256 || colours.length() == 0) {
                throw Refusal.damaged(ImageFormat.PNG, "its palette is missing or has a wrong length");
            }
            palette = palette(colours, transparency);
            // All 256, so that no index lies outside.
            parts.add(Span.of(
                    ByteBuffer.allocate(8 + 768 + 4).putInt(768).putInt(PLTE).array()));
        }
        long length = data.stream().mapToLong(Span::length).sum();
        parts.add(
                Span.of(ByteBuffer.allocate(8).putInt((int) length).putInt(IDAT).array()));
        parts.addAll(data);
        parts.add(Span.of(ENDING));
        return new PngFile(
                width,
                height,
                bits,
                meaning,
                List.copyOf(parts),
                palette,
                clear(png, meaning, transparency),
                orientation,
                profile(profile, meaning));
    }

    private static Meaning meaning(int type, int bits) {
        boolean few = bits == 1 || bits == 2 || bits == 4;
        boolean many = bits == 8 || bits == 16;
        return switch (type) {
            case 0 -> few || many ? Meaning.GREY : null;
            case 2 -> many ? Meaning.RGB : null;
            case 3 -> few || bits == 8 ? Meaning.PALETTE : null;
            case 4 -> many ? Meaning.GREY_ALPHA : null;
            case 6 -> many ? Meaning.RGBA : null;
            default -> null;
        };
    }

    private static int[] palette(Span colours, Span transparency) {
        int[] palette = new int[256];
        Arrays.fill(palette, 0xFF000000);
        byte[] bytes = colours.bytes();
        for (int i = 0; i < colours.length() / 3; i++) {
            int at = colours.from() + 3 * i;
            int alpha = transparency != null && i < transparency.length()
                    ? transparency.bytes()[transparency.from() + i] & 0xFF
                    : 255;
            palette[i] = alpha << 24 | (bytes[at] & 0xFF) << 16 | (bytes[at + 1] & 0xFF) << 8 | bytes[at + 2] & 0xFF;
        }
        return palette;
    }

    private static int[] clear(ByteBuffer png, Meaning meaning, Span transparency) {
        if (transparency == null || (meaning != Meaning.GREY && meaning != Meaning.RGB)) {
            return null;
        }
        if (transparency.length() < 2 * meaning.bands) {
            return null;
        }
        int[] clear = new int[meaning.bands];
        for (int i = 0; i < clear.length; i++) {
            clear[i] = png.getShort(transparency.from() + 2 * i) & 0xFFFF;
        }
        return clear;
    }

    /** A name, a zero, a zero for the way of packing, and the packed profile. */
    private static Colours profile(Span chunk, Meaning meaning) {
        if (chunk == null) {
            return Colours.AS_STORED;
        }
        int at = chunk.from();
        while (at < chunk.to() && chunk.bytes()[at] != 0) {
            at++;
        }
        if (chunk.to() - at < 3) {
            return Colours.AS_STORED;
        }
        byte[] profile = new byte[MOST_PROFILE];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(chunk.bytes(), at + 2, chunk.to() - at - 2);
            int length = inflater.inflate(profile);
            Span icc = new Span(profile, 0, length);
            return meaning == Meaning.GREY || meaning == Meaning.GREY_ALPHA ? Colours.ofGrey(icc) : Colours.ofRgb(icc);
        } catch (DataFormatException _) {
            return Colours.AS_STORED;
        }
    }

    @Override
    public boolean skips() {
        return true;
    }

    @Override
    public long memory(int skip) {
        long pixels = (long) Math.ceilDiv(width, skip) * Math.ceilDiv(height, skip);
        long bytesPerPixel = (long) meaning.bands * Math.max(1, bits / 8);
        return pixels * bytesPerPixel + 4L * width * bytesPerPixel;
    }

    @Override
    public PixelRows read(int skip, TimeLimit time) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (PictureInput in = new PictureInput(parts, time)) {
            reader.setInput(in, true, true);
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(skip, skip, 0, 0);
            Raster raster = reader.read(0, param).getRaster();
            time.check();
            return new Samples(raster, meaning, bits, palette, clear);
        } finally {
            reader.dispose();
        }
    }
}
