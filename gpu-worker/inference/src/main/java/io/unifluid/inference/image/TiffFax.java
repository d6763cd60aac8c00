package io.unifluid.inference.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Black and white packed as fax (CCITT, groups 3 and 4) in a TIFF: for the JDK's reader, which gets a TIFF of this
 * worker's making that holds the strips and what they need, and nothing else.
 */
final class TiffFax {
    private static final int SHORT = 3;
    private static final int LONG = 4;

    private TiffFax() {}

    static PixelRows read(TiffFile file, TimeLimit time) throws IOException, BadImageException {
        ImageReader reader = reader();
        try (PictureInput in = new PictureInput(written(file), time)) {
            reader.setInput(in, true, true);
            BufferedImage image = reader.read(0);
            time.check();
            IndexColorModel colours = (IndexColorModel) image.getColorModel();
            int[] palette = new int[256];
            colours.getRGBs(palette);
            return new Samples(image.getRaster(), Samples.Meaning.PALETTE, 1, palette, null);
        } finally {
            reader.dispose();
        }
    }

    /** The JDK's own, whatever else is on the class path. */
    private static ImageReader reader() {
        var readers = ImageIO.getImageReadersByFormatName("tiff");
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule().getName() != null) {
                return reader;
            }
        }
        throw new IllegalStateException("The JDK has no reader for TIFF.");
    }

    private static List<Span> written(TiffFile file) throws BadImageException {
        TiffParts parts = file.parts();
        TiffTags tags = file.tags();
        int count = parts.across() * parts.down();
        long[][] entries = {
            {256, LONG, parts.width()},
            {257, LONG, parts.height()},
            {258, SHORT, 1},
            {259, SHORT, file.packing()},
            {262, SHORT, file.layout().colour() == TiffLayout.Colour.WHITE_IS_ZERO ? 0 : 1},
            {266, SHORT, file.layout().reversed() ? 2 : 1},
            {parts.tiled() ? 322 : 277, LONG, parts.tiled() ? parts.partWidth() : 1},
            {parts.tiled() ? 323 : 278, LONG, parts.partHeight()},
            {292, LONG, tags.number(292, 0)},
            {293, LONG, tags.number(293, 0)},
        };
        int directory = 8 + 2 + 12 * (entries.length + 2) + 4;
        ByteBuffer head = ByteBuffer.allocate(directory + 8 * count).order(ByteOrder.LITTLE_ENDIAN);
        head.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) (entries.length + 2));
        List<Span> written = new ArrayList<>();
        written.add(Span.of(head.array()));
        List<long[]> all = new ArrayList<>(List.of(entries));
        all.add(new long[] {parts.tiled() ? 324 : 273, LONG, count, directory});
        all.add(new long[] {parts.tiled() ? 325 : 279, LONG, count, directory + 4L * count});
        all.sort((a, b) -> Long.compare(a[0], b[0]));
        long at = head.capacity();
        for (int i = 0; i < count; i++) {
            Span data = parts.data(i);
            written.add(data);
            head.putInt(directory + 4 * i, (int) at).putInt(directory + 4 * (count + i), data.length());
            at += data.length();
            if (at > Integer.MAX_VALUE) {
                throw Refusal.damaged(ImageFormat.TIFF, "its strips lie on top of each other");
            }
        }
        for (long[] entry : all) {
            boolean array = entry.length > 3;
            int value = (int) entry[array ? 3 : 2];
            int values = array ? (int) entry[2] : 1;
            if (array && count == 1) {
                value = head.getInt(value);
            }
            head.putShort((short) entry[0])
                    .putShort((short) entry[1])
                    .putInt(values)
                    .putInt(value);
        }
        head.putInt(0);
        return written;
    }
}
