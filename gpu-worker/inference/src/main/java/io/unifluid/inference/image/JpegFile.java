package io.unifluid.inference.image;

import io.unifluid.inference.image.Samples.Meaning;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * A JPEG file, after {@link JpegWalk}. Where a reduced picture is enough, {@link JpegRows} decodes it. Otherwise the JDK's native reader gets its frame, tables and scans alone, behind one marker
 * of ours that says how the colours are stored: no metadata, no profile, no second picture, nothing left to guess.
 *
 * @param parts what the reader gets
 * @param scans in the parts
 * @param reducible the scans for {@link JpegRows}; none where a reduced picture is not to be had
 * @param stored how
 * @param inks how four colours are to be read; null for fewer
 * @param bytes of the file, for messages
 */
record JpegFile(
        JpegFrame frame,
        List<Span> parts,
        int scans,
        List<JpegScan> reducible,
        JpegWalk.Stored stored,
        Inks.Kind inks,
        Orientation orientation,
        Colours colours,
        int bytes)
        implements PictureFile {

    static JpegFile of(byte[] bytes) throws BadImageException {
        return new JpegWalk(bytes, null).file();
    }

    @Override
    public int width() {
        return frame.width();
    }

    @Override
    public int height() {
        return frame.height();
    }

    @Override
    public boolean skips() {
        return true;
    }

    @Override
    public boolean reduces() {
        return !reducible.isEmpty();
    }

    /** With several scans the reader keeps all coefficients, of 2 bytes, outside the heap. */
    @Override
    public long memory(int skip) {
        if (skip > 1 && reduces()) {
            return JpegRows.memory(frame, skip);
        }
        long pixels = (long) Math.ceilDiv(width(), skip) * Math.ceilDiv(height(), skip);
        boolean coefficientsKept = frame.progressive() || scans > 1;
        return pixels * frame.components() + (coefficientsKept ? 128 * frame.blocks() : 0);
    }

    @Override
    public PixelRows read(int skip, TimeLimit time) throws IOException, BadImageException {
        if (skip > 1 && reduces()) {
            return new JpegRows(frame, reducible, skip, stored == JpegWalk.Stored.YCC, bytes, time);
        }
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (PictureInput in = new PictureInput(parts, time)) {
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener((source, warning) -> {
                if (tellsOfLoss(warning)) {
                    throw new Lost();
                }
            });
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(skip, skip, 0, 0);
            return switch (frame.components()) {
                case 1 -> Samples.of(reader.read(0, param).getRaster(), Meaning.GREY, 8);
                case 3 -> Samples.of(reader.read(0, param).getRaster(), Meaning.RGB, 8);
                default -> Inks.of(reader.readRaster(0, param), inks);
            };
        } catch (Lost _) {
            time.check();
            throw Refusal.cutShort(ImageFormat.JPEG, bytes);
        } finally {
            reader.dispose();
        }
    }

    /** Ends the reader where it says that data is missing: it would go on with made-up pixels. */
    private static final class Lost extends RuntimeException {
        Lost() {
            super(null, null, false, false);
        }
    }

    /** The reader goes on after these with made-up pixels. */
    private static boolean tellsOfLoss(String warning) {
        String text = warning.toLowerCase(Locale.ROOT);
        return text.contains("premature end")
                || text.contains("unexpected end")
                || text.contains("eof")
                || (text.contains("corrupt") && !text.contains("extraneous"));
    }
}
