package io.unifluid.inference.image;

import java.awt.color.CMMException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** One picture on its way from bytes to a tensor, on a decoder thread. Another thread may {@link #abort} it. */
final class PictureReading implements Callable<ImageTensor> {
    /** ImageIO's own readers skip pixels cheaply; the others would decode all and then skip. */
    private static final Set<ImageFormat> SKIPPING = Set.of(ImageFormat.JPEG, ImageFormat.PNG, ImageFormat.BMP);

    /** Of larger pictures every second or third pixel of a row, and row, is read: bounds memory, and still averages. */
    private static final double ENOUGH_PIXELS = 4e6;

    private final byte[] bytes;
    private final ImageFormat format;
    private final ImageSpec spec;
    private final long maxPixels;
    private volatile ImageReader reader;
    private volatile boolean aborted;
    private boolean cutShort;

    PictureReading(byte[] bytes, ImageFormat format, ImageSpec spec, long maxPixels) {
        this.bytes = bytes;
        this.format = format;
        this.spec = spec;
        this.maxPixels = maxPixels;
    }

    void abort() {
        aborted = true;
        ImageReader current = reader;
        if (current != null) {
            current.abort();
        }
    }

    @Override
    public ImageTensor call() throws BadImageException, IOException {
        boolean metadata = format != ImageFormat.PNG || PngStructure.check(bytes);
        checkLength();
        Pixels pixels;
        int width;
        int height;
        ImageReader opened = reader();
        reader = opened;
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            opened.setInput(in, true, true);
            opened.addIIOReadWarningListener((source, warning) -> cutShort |= tellsOfLoss(warning));
            width = opened.getWidth(0);
            height = opened.getHeight(0);
            checkSize(width, height);
            pixels = read(opened, width, height);
        } finally {
            opened.dispose();
        }
        if (cutShort || aborted) {
            throw Truncated.after(format.name(), bytes.length);
        }
        return tensor(pixels, width, height, metadata ? Orientation.of(bytes, format) : Orientation.upright());
    }

    private ImageReader reader() {
        Iterator<ImageReader> readers =
                ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
        if (!readers.hasNext()) {
            throw new IllegalStateException("No reader for " + format + " is on the class path.");
        }
        return readers.next();
    }

    /** A WebP file states its own length. */
    private void checkLength() throws BadImageException {
        if (format == ImageFormat.WEBP) {
            long stated = 8
                    + (bytes[4] & 0xFFL
                            | (bytes[5] & 0xFFL) << 8
                            | (bytes[6] & 0xFFL) << 16
                            | (bytes[7] & 0xFFL) << 24);
            if (stated > bytes.length) {
                throw Truncated.after(format.name(), bytes.length);
            }
        }
    }

    private void checkSize(int width, int height) throws BadImageException {
        if (width < 1 || height < 1) {
            throw new BadImageException(
                    "The picture's header says " + width + "x" + height + " px; send a picture that has pixels.");
        }
        if ((long) width * height > maxPixels) {
            throw new BadImageException("The picture's header says " + width + "x" + height + " px, "
                    + megapixels((long) width * height) + " megapixels, and this worker decodes at most "
                    + megapixels(maxPixels) + "; send a smaller one.");
        }
    }

    private static String megapixels(long pixels) {
        return String.format(Locale.ROOT, pixels < 10_000_000 ? "%.2f" : "%.0f", pixels / 1e6);
    }

    private Pixels read(ImageReader opened, int width, int height) throws IOException {
        ImageReadParam param = opened.getDefaultReadParam();
        int skip = (int) Math.sqrt((double) width * height / ENOUGH_PIXELS);
        skip = Math.min(skip, Math.min(width / (2 * spec.width()), height / (2 * spec.height())));
        if (skip > 1 && SKIPPING.contains(format)) {
            param.setSourceSubsampling(skip, skip, 0, 0);
        }
        if (format != ImageFormat.JPEG) {
            return Pixels.of(opened.read(0, param));
        }
        BufferedImage image;
        try {
            image = opened.read(0, param);
        } catch (IIOException | CMMException | IllegalArgumentException e) {
            if (aborted) {
                throw e;
            }
            // CMYK, YCCK or a broken colour profile: the samples are sound, only their colours are not converted.
            opened.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
            return JpegRaster.convert(opened.readRaster(0, param), bytes);
        }
        return Pixels.of(image);
    }

    /** ImageIO goes on after these with made-up pixels; its other warnings are about metadata. */
    private boolean tellsOfLoss(String warning) {
        String text = warning.toLowerCase(Locale.ROOT);
        return text.contains("premature end")
                || text.contains("unexpected end")
                || text.contains("eof")
                || (text.contains("corrupt") && !text.contains("extraneous"));
    }

    private ImageTensor tensor(Pixels pixels, int width, int height, Orientation orientation) {
        boolean swap = orientation.swapsSides();
        int targetWidth = spec.width();
        int targetHeight = spec.height();
        float[] stored =
                Resampling.resize(pixels, swap ? targetHeight : targetWidth, swap ? targetWidth : targetHeight);
        float[] values = new float[stored.length];
        int area = targetWidth * targetHeight;
        for (int channel = 0; channel < 3; channel++) {
            float mean = spec.mean().get(channel);
            float std = spec.std().get(channel);
            for (int y = 0; y < targetHeight; y++) {
                for (int x = 0; x < targetWidth; x++) {
                    float value = stored[channel * area + orientation.source(x, y, targetWidth, targetHeight)];
                    values[channel * area + y * targetWidth + x] = (value / 255f - mean) / std;
                }
            }
        }
        return new ImageTensor(values, targetWidth, targetHeight, swap ? height : width, swap ? width : height);
    }
}
