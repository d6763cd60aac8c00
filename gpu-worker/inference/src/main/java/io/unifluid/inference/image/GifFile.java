package io.unifluid.inference.image;

import io.unifluid.inference.image.Samples.Meaning;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;

/**
 * A GIF file. Its first frame is read, on the canvas that the file states; a frame larger than that makes the canvas as
 * large. What the frame does not cover is transparent, whatever background colour the file names, as in browsers. The
 * JDK's reader sees that frame alone, with a palette of all 256 colours, so that no index lies outside.
 *
 * @param frame where the first frame lies on the canvas
 * @param parts what the reader gets
 * @param palette 0xAARRGGBB of each index
 */
record GifFile(int width, int height, Canvas.Place frame, List<Span> parts, int[] palette) implements PictureFile {
    private static final int HEADER = 13;
    private static final int TRAILER = 0x3B;
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2C;
    private static final int CONTROL = 0xF9;

    static GifFile of(byte[] bytes) throws BadImageException {
        if (bytes.length < HEADER) {
            throw Refusal.cutShort(ImageFormat.GIF, bytes.length);
        }
        ByteBuffer gif = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = HEADER;
        Span colours = null;
        if ((bytes[10] & 0x80) != 0) {
            colours = part(bytes, at, 3 << (bytes[10] & 7) + 1);
            at = colours.to();
        }
        int clear = -1;
        while (at < bytes.length) {
            switch (bytes[at] & 0xFF) {
                case IMAGE -> {
                    return image(gif, at + 1, colours, clear);
                }
                case EXTENSION -> {
                    if (at + 8 <= bytes.length && (bytes[at + 1] & 0xFF) == CONTROL && bytes[at + 2] == 4) {
                        clear = (bytes[at + 3] & 1) != 0 ? bytes[at + 6] & 0xFF : -1;
                    }
                    at = behindBlocks(bytes, at + 2);
                }
                case TRAILER -> throw Refusal.damaged(ImageFormat.GIF, "it holds no picture");
                default -> at++; // Readers pass over bytes between blocks.
            }
        }
        throw Refusal.cutShort(ImageFormat.GIF, bytes.length);
    }

    private static GifFile image(ByteBuffer gif, int at, Span colours, int clear) throws BadImageException {
        byte[] bytes = gif.array();
        if (at + 9 > bytes.length) {
            throw Refusal.cutShort(ImageFormat.GIF, bytes.length);
        }
        Canvas.Place frame = new Canvas.Place(
                gif.getShort(at) & 0xFFFF,
                gif.getShort(at + 2) & 0xFFFF,
                gif.getShort(at + 4) & 0xFFFF,
                gif.getShort(at + 6) & 0xFFFF);
        if (frame.width() == 0 || frame.height() == 0) {
            throw Refusal.noPixels(frame.width(), frame.height());
        }
        int flags = bytes[at + 8];
        int data = at + 9;
        if ((flags & 0x80) != 0) {
            colours = part(bytes, data, 3 << (flags & 7) + 1);
            data = colours.to();
        }
        if (data >= bytes.length) {
            throw Refusal.cutShort(ImageFormat.GIF, bytes.length);
        }
        if (bytes[data] < 1 || bytes[data] > 8) {
            throw Refusal.damaged(ImageFormat.GIF, "its data has codes of " + bytes[data] + " bits");
        }
        int end = behindBlocks(bytes, data + 1);
        byte[] beginning = ByteBuffer.allocate(HEADER + 768 + 10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {'G', 'I', 'F', '8', '9', 'a'})
                .putShort((short) frame.width())
                .putShort((short) frame.height())
                .put((byte) 0xF7)
                .position(HEADER + 768)
                .put((byte) IMAGE)
                .putInt(0)
                .putShort((short) frame.width())
                .putShort((short) frame.height())
                .put((byte) (flags & 0x40))
                .array();
        List<Span> parts =
                List.of(Span.of(beginning), new Span(bytes, data, end), Span.of(new byte[] {(byte) TRAILER}));
        return new GifFile(
                Math.max(gif.getShort(6) & 0xFFFF, frame.width()),
                Math.max(gif.getShort(8) & 0xFFFF, frame.height()),
                frame,
                parts,
                palette(colours, clear));
    }

    private static Span part(byte[] bytes, int at, int length) throws BadImageException {
        if (length > bytes.length - at) {
            throw Refusal.cutShort(ImageFormat.GIF, bytes.length);
        }
        return new Span(bytes, at, at + length);
    }

    private static int behindBlocks(byte[] bytes, int at) throws BadImageException {
        while (at < bytes.length) {
            int length = bytes[at] & 0xFF;
            at += 1 + length;
            if (length == 0) {
                return at;
            }
        }
        throw Refusal.cutShort(ImageFormat.GIF, bytes.length);
    }

    /** Without a palette the indices are greys. */
    private static int[] palette(Span colours, int clear) {
        int[] palette = new int[256];
        Arrays.setAll(palette, i -> colours == null ? 0xFF000000 | i * 0x010101 : 0xFF000000);
        if (colours != null) {
            byte[] bytes = colours.bytes();
            for (int i = 0; i < colours.length() / 3; i++) {
                int at = colours.from() + 3 * i;
                palette[i] = 0xFF000000 | (bytes[at] & 0xFF) << 16 | (bytes[at + 1] & 0xFF) << 8 | bytes[at + 2] & 0xFF;
            }
        }
        if (clear >= 0) {
            palette[clear] = 0;
        }
        return palette;
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
        return false;
    }

    @Override
    public long memory(int skip) {
        return (long) frame.width() * frame.height();
    }

    @Override
    public PixelRows read(int skip, TimeLimit time) throws IOException, BadImageException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        RowsDone done = new RowsDone();
        try (PictureInput in = new PictureInput(parts, time)) {
            reader.setInput(in, true, true);
            reader.addIIOReadProgressListener(done);
            Raster raster = reader.read(0).getRaster();
            time.check();
            if (done.percent < 100f * (frame.height() - 1) / frame.height()) {
                throw Refusal.damaged(ImageFormat.GIF, "its data ends before its last row");
            }
            return new Canvas(width, height, frame, new Samples(raster, Meaning.PALETTE, 8, palette, null));
        } finally {
            reader.dispose();
        }
    }

    /** The reader leaves rows that the data does not reach as they are, and says nothing. */
    private static final class RowsDone implements IIOReadProgressListener {
        private float percent;

        @Override
        public void imageProgress(ImageReader source, float percentageDone) {
            percent = percentageDone;
        }

        @Override
        public void sequenceStarted(ImageReader source, int minIndex) {}

        @Override
        public void sequenceComplete(ImageReader source) {}

        @Override
        public void imageStarted(ImageReader source, int imageIndex) {}

        @Override
        public void imageComplete(ImageReader source) {}

        @Override
        public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

        @Override
        public void thumbnailProgress(ImageReader source, float percentageDone) {}

        @Override
        public void thumbnailComplete(ImageReader source) {}

        @Override
        public void readAborted(ImageReader source) {}
    }
}
