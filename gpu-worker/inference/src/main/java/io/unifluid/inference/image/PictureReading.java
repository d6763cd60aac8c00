package io.unifluid.inference.image;

import java.io.IOException;
import java.util.concurrent.Callable;

/**
 * One picture on its way from a checked file to a tensor, on a decoder thread.
 *
 * @param skip of the file's pixels the first of every so many is read, in both directions
 */
record PictureReading(PictureFile file, ImageSpec spec, int skip, TimeLimit time) implements Callable<ImageTensor> {
    /** Of larger pictures every second or third pixel of a row, and row, is read: bounds memory, and still averages. */
    private static final double ENOUGH_PIXELS = 4e6;

    /** How many pixels may be left out of a picture for a tensor of this size. */
    static int skip(PictureFile file, ImageSpec spec) {
        int skip = (int) Math.sqrt((double) file.width() * file.height() / ENOUGH_PIXELS);
        skip = Math.min(skip, Math.min(file.width() / (2 * spec.width()), file.height() / (2 * spec.height())));
        return file.skips() ? Math.max(1, skip) : 1;
    }

    /** Bytes of memory that reading takes at most. */
    static long memory(PictureFile file, ImageSpec spec, int skip) {
        long weights = 16L * (file.width() + file.height());
        return file.memory(skip) + 16L * file.width() + weights + 24L * spec.width() * spec.height();
    }

    @Override
    public ImageTensor call() throws BadImageException, IOException {
        Orientation orientation = file.orientation();
        boolean swap = orientation.swapsSides();
        float[] stored = resized(swap ? spec.height() : spec.width(), swap ? spec.width() : spec.height());
        return tensor(stored, orientation);
    }

    private float[] resized(int width, int height) throws BadImageException, IOException {
        Colours colours = file.colours();
        try (PixelRows rows = file.read(skip, time)) {
            Resampling resampling = new Resampling(rows.width(), rows.height(), width, height);
            int[] row = new int[rows.width()];
            for (int y = 0; y < rows.height(); y++) {
                if ((y & 15) == 0) {
                    time.check();
                }
                rows.read(y, row);
                colours.toSrgb(row, row.length);
                if (!rows.opaque()) {
                    putOnWhite(row);
                }
                resampling.add(row);
            }
            return resampling.planes();
        }
    }

    private static void putOnWhite(int[] argb) {
        for (int x = 0; x < argb.length; x++) {
            int pixel = argb[x];
            int alpha = pixel >>> 24;
            if (alpha < 255) {
                int white = 255 * (255 - alpha);
                argb[x] = by255((pixel >> 16 & 255) * alpha + white) << 16
                        | by255((pixel >> 8 & 255) * alpha + white) << 8
                        | by255((pixel & 255) * alpha + white);
            }
        }
    }

    /** Divided by 255 and rounded, for values up to 255 x 255. */
    private static int by255(int value) {
        int half = value + 128;
        return half + (half >> 8) >> 8;
    }

    private ImageTensor tensor(float[] stored, Orientation orientation) {
        int width = spec.width();
        int height = spec.height();
        float[] values = new float[stored.length];
        int area = width * height;
        for (int channel = 0; channel < 3; channel++) {
            float mean = spec.mean().get(channel);
            float std = spec.std().get(channel);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    float value = stored[channel * area + orientation.source(x, y, width, height)];
                    values[channel * area + y * width + x] = (value / 255f - mean) / std;
                }
            }
        }
        boolean swap = orientation.swapsSides();
        return new ImageTensor(
                values, width, height, swap ? file.height() : file.width(), swap ? file.width() : file.height());
    }
}
