package io.unifluid.inference.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A WebP file: the picture, or the first frame of an animation on its canvas. What the frame does not cover is
 * transparent, whatever background colour the file names, as in browsers. Decoded here: the libraries for the JVM either
 * bring native code or miss the colours of lossy files by dozens of levels.
 *
 * @param frame where the picture lies on the canvas
 * @param lossy the data of a VP8 frame, or null
 * @param lossless the data of VP8L behind its header, or null
 * @param alpha how much the lossy picture covers, or null
 * @param opaque whether the alpha of a lossless picture has no meaning
 */
record WebpFile(
        int width,
        int height,
        Canvas.Place frame,
        Span lossy,
        Span lossless,
        Span alpha,
        boolean opaque,
        Orientation orientation,
        Colours colours,
        int bytes)
        implements PictureFile {
    private static final int HEADER = 12;
    private static final int FRAME = 16;
    private static final int VP8 = fourCc("VP8 ");
    private static final int VP8L = fourCc("VP8L");
    private static final int VP8X = fourCc("VP8X");
    private static final int ALPH = fourCc("ALPH");
    private static final int ANMF = fourCc("ANMF");
    private static final int ICCP = fourCc("ICCP");
    private static final int EXIF = fourCc("EXIF");

    private static int fourCc(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }

    static WebpFile of(byte[] bytes) throws BadImageException {
        return new Walk(bytes).file();
    }

    /** One walk through the chunks. */
    private static final class Walk {
        private final byte[] bytes;
        private final ByteBuffer webp;
        private int canvasWidth;
        private int canvasHeight;
        private Canvas.Place frame;
        private Span lossy;
        private Span lossless;
        private Span alpha;
        private Span profile;
        private Orientation orientation = Orientation.upright();

        Walk(byte[] bytes) {
            this.bytes = bytes;
            this.webp = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        WebpFile file() throws BadImageException {
            long stated = 8 + (webp.getInt(4) & 0xFFFFFFFFL);
            if (stated > bytes.length) {
                throw cutShort();
            }
            walk(HEADER, (int) stated);
            if (lossy == null && lossless == null) {
                throw Refusal.damaged(ImageFormat.WEBP, "it holds no picture");
            }
            Canvas.Place picture = size();
            if (picture.width() == 0 || picture.height() == 0) {
                throw Refusal.noPixels(picture.width(), picture.height());
            }
            if (frame == null) {
                frame = picture;
            }
            if (canvasWidth == 0) {
                canvasWidth = frame.width();
                canvasHeight = frame.height();
            }
            boolean fits = frame.width() == picture.width()
                    && frame.height() == picture.height()
                    && (long) frame.x() + frame.width() <= canvasWidth
                    && (long) frame.y() + frame.height() <= canvasHeight;
            if (!fits) {
                throw Refusal.damaged(ImageFormat.WEBP, "its picture does not fit its canvas");
            }
            boolean opaque = lossless != null && (bytes[lossless.from() + 4] & 0x10) == 0;
            return new WebpFile(
                    canvasWidth,
                    canvasHeight,
                    frame,
                    lossy,
                    lossless == null ? null : new Span(bytes, lossless.from() + 5, lossless.to()),
                    alpha,
                    opaque,
                    orientation,
                    profile == null ? Colours.AS_STORED : Colours.ofRgb(profile),
                    bytes.length);
        }

        private void walk(int from, int end) throws BadImageException {
            int at = from;
            while (end - at >= 8) {
                int name = webp.getInt(at);
                long length = webp.getInt(at + 4) & 0xFFFFFFFFL;
                at += 8;
                if (length > end - at) {
                    throw cutShort();
                }
                chunk(name, new Span(bytes, at, at + (int) length));
                at = (int) Math.min(end, at + length + (length & 1));
            }
        }

        private void chunk(int name, Span content) throws BadImageException {
            boolean found = lossy != null || lossless != null;
            int at = content.from();
            if (name == VP8X && content.length() >= 10) {
                canvasWidth = 1 + number(at + 4);
                canvasHeight = 1 + number(at + 7);
            } else if (name == ANMF && !found) {
                if (content.length() < FRAME) {
                    throw Refusal.damaged(ImageFormat.WEBP, "a frame has no header");
                }
                frame = new Canvas.Place(2 * number(at), 2 * number(at + 3), 1 + number(at + 6), 1 + number(at + 9));
                walk(at + FRAME, content.to());
            } else if (name == VP8 && !found) {
                lossy = content;
            } else if (name == VP8L && !found) {
                lossless = content;
            } else if (name == ALPH && !found) {
                alpha = content;
            } else if (name == ICCP) {
                profile = content;
            } else if (name == EXIF) {
                boolean named = content.length() >= 6
                        && Arrays.equals(bytes, at, at + 6, new byte[] {'E', 'x', 'i', 'f', 0, 0}, 0, 6);
                orientation = Orientation.ofExif(named ? new Span(bytes, at + 6, content.to()) : content);
            }
        }

        private Canvas.Place size() throws BadImageException {
            if (lossless != null) {
                int at = lossless.from();
                if (lossless.length() < 5 || bytes[at] != 0x2F || (bytes[at + 4] & 0xE0) != 0) {
                    throw Refusal.damaged(ImageFormat.WEBP, "its data does not begin as it must");
                }
                int sizes = webp.getInt(at + 1);
                return new Canvas.Place(0, 0, 1 + (sizes & 0x3FFF), 1 + (sizes >> 14 & 0x3FFF));
            }
            if (lossy.length() < 10) {
                throw cutShort();
            }
            int at = lossy.from();
            return new Canvas.Place(0, 0, webp.getShort(at + 6) & 0x3FFF, webp.getShort(at + 8) & 0x3FFF);
        }

        private int number(int at) {
            return webp.getShort(at) & 0xFFFF | (bytes[at + 2] & 0xFF) << 16;
        }

        private BadImageException cutShort() {
            return Refusal.cutShort(ImageFormat.WEBP, bytes.length);
        }
    }

    @Override
    public boolean skips() {
        return false;
    }

    @Override
    public long memory(int skip) {
        int w = frame.width();
        int h = frame.height();
        if (lossless != null) {
            return Vp8lImage.memory(w, h);
        }
        if (alpha == null) {
            return Vp8Frame.memory(w, h);
        }
        boolean packed = alpha.length() > 0 && (alpha.bytes()[alpha.from()] & 3) == 1;
        return (long) w * h + Math.max(Vp8Frame.memory(w, h), packed ? Vp8lImage.memory(w, h) : 0);
    }

    @Override
    public PixelRows read(int skip, TimeLimit time) throws IOException, BadImageException {
        PixelRows picture;
        if (lossless != null) {
            int[] pixels = Vp8lImage.decode(lossless, frame.width(), frame.height(), time);
            picture = new Whole(frame.width(), frame.height(), pixels, opaque);
        } else {
            byte[] cover = alpha == null ? null : cover(time);
            PixelRows colours = Vp8Frame.decode(Vp8Header.of(lossy, bytes), time);
            picture = cover == null ? colours : new Covered(colours, cover);
        }
        return new Canvas(width, height, frame, picture);
    }

    /** How much each pixel covers: stored, or packed as the green of a lossless picture; as a difference or not. */
    private byte[] cover(TimeLimit time) throws IOException, BadImageException {
        int w = frame.width();
        int h = frame.height();
        int flags = alpha.length() == 0 ? 0 : alpha.bytes()[alpha.from()];
        Span data = new Span(alpha.bytes(), Math.min(alpha.from() + 1, alpha.to()), alpha.to());
        byte[] cover;
        switch (flags & 3) {
            case 0 -> {
                if (data.length() < w * h) {
                    throw new EOFException("the transparency of a WebP ends too early");
                }
                cover = Arrays.copyOfRange(data.bytes(), data.from(), data.from() + w * h);
            }
            case 1 -> {
                int[] packed = Vp8lImage.decode(data, w, h, time);
                cover = new byte[w * h];
                for (int i = 0; i < cover.length; i++) {
                    cover[i] = (byte) (packed[i] >> 8);
                }
            }
            default -> throw new IOException("the transparency of a WebP is packed in an unknown way");
        }
        int filter = flags >> 2 & 3;
        for (int y = 0; filter > 0 && y < h; y++) {
            time.check();
            for (int x = 0; x < w; x++) {
                cover[y * w + x] += (byte) predicted(cover, filter, x, y, w);
            }
        }
        return cover;
    }

    private static int predicted(byte[] cover, int filter, int x, int y, int width) {
        int at = y * width + x;
        if (x == 0 && y == 0) {
            return 0;
        }
        int left = x > 0 ? cover[at - 1] & 255 : 0;
        int up = y > 0 ? cover[at - width] & 255 : 0;
        if (x == 0) {
            return up;
        }
        if (y == 0) {
            return left;
        }
        return switch (filter) {
            case 1 -> left;
            case 2 -> up;
            default -> Math.clamp(left + up - (cover[at - width - 1] & 255), 0, 255);
        };
    }

    private record Whole(int width, int height, int[] pixels, boolean opaque) implements PixelRows {
        @Override
        public void read(int y, int[] argb) {
            System.arraycopy(pixels, y * width, argb, 0, width);
            for (int x = 0; opaque && x < width; x++) {
                argb[x] |= 0xFF000000;
            }
        }
    }

    private record Covered(PixelRows colours, byte[] cover) implements PixelRows {
        @Override
        public int width() {
            return colours.width();
        }

        @Override
        public int height() {
            return colours.height();
        }

        @Override
        public void read(int y, int[] argb) throws IOException, BadImageException {
            colours.read(y, argb);
            for (int x = 0, at = y * width(); x < width(); x++, at++) {
                argb[x] = argb[x] & 0xFFFFFF | cover[at] << 24;
            }
        }
    }
}
