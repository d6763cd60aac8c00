package io.unifluid.inference.image;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * One picture on its way from a checked file to a tensor, on a decoder thread.
 *
 * @param skip of the file's pixels the first of every so many is read, in both directions
 */
record PictureReading(PictureFile file, ImageSpec spec, int skip, TimeLimit time) implements Callable<ImageTensor> {
    /** Of larger pictures every second or third pixel of a row, and row, is read: bounds memory, and still averages. */
    private static final double ENOUGH_PIXELS = 4e6;

    /** Pixels in a row for each of the model's that are left at the least where others are left out. */
    private static final double LEFT = 2;

    /** The same of a reduced picture: nothing is left out of its pixels' means. */
    private static final double LEFT_REDUCED = 1.75;

    /** How many pixels may be left out of a picture for a tensor of this size, or reduced to one: of a row, and of rows. */
    static int skip(PictureFile file, ImageSpec spec) {
        double spare = spare(file, spec);
        if (file.reduces()) {
            int reduced = 8;
            while (reduced > 1 && spare < LEFT_REDUCED * reduced) {
                reduced /= 2;
            }
            return reduced;
        }
        int skip = (int) Math.sqrt((double) file.width() * file.height() / ENOUGH_PIXELS);
        return file.skips() ? Math.max(1, Math.min(skip, (int) (spare / LEFT))) : 1;
    }

    /** How many pixels of a row or column, whichever has fewer, there are for each of the model's. */
    private static double spare(PictureFile file, ImageSpec spec) {
        boolean swap = file.orientation().swapsSides();
        int width = swap ? file.height() : file.width();
        int height = swap ? file.width() : file.height();
        Preparation.Size size = switch (spec.preparation()) {
            case Preparation.Tiles tiles -> tiles.resized(width, height);
            case Preparation.Middle middle -> middle.to().of(width, height);
            case Preparation.Padded padded -> padded.resized(width, height, spec.width());
            case Preparation.Smooth _, Preparation.Levels _ -> new Preparation.Size(spec.width(), spec.height());
        };
        return Math.min((double) width / size.width(), (double) height / size.height());
    }

    /** Bytes of memory that reading takes at most. */
    static long memory(PictureFile file, ImageSpec spec, int skip) {
        long weights = 16L * (file.width() + file.height());
        return file.memory(skip) + 32L * file.width() + weights + 24L * pixels(file, spec);
    }

    /** Of the tensor. */
    private static long pixels(PictureFile file, ImageSpec spec) {
        long frame = (long) spec.width() * spec.height();
        if (!(spec.preparation() instanceof Preparation.Tiles tiles) || !tiles.cut()) {
            return frame;
        }
        Preparation.Size whole = Preparation.Tiles.whole(tiles.resized(file.width(), file.height()), spec.width());
        return frame + (long) whole.width() * whole.height();
    }

    @Override
    public ImageTensor call() throws BadImageException, IOException {
        time.begin();
        Orientation orientation = file.orientation();
        boolean swap = orientation.swapsSides();
        int shownWidth = swap ? file.height() : file.width();
        int shownHeight = swap ? file.width() : file.height();
        int width = spec.width();
        int height = spec.height();
        return switch (spec.preparation()) {
            case Preparation.Smooth _ -> {
                float[] stored = smooth(swap ? height : width, swap ? width : height);
                yield tensor(stored, orientation);
            }
            case Preparation.Levels levels -> {
                Preparation.Size size = new Preparation.Size(width, height);
                yield one(
                        levels(size, Preparation.Part.whole(size), levels.filter(), orientation),
                        shownWidth,
                        shownHeight);
            }
            case Preparation.Middle middle -> {
                Preparation.Size size = middle.to().of(shownWidth, shownHeight);
                Preparation.Part part = Preparation.Middle.middle(size, width, height);
                yield one(levels(size, part, middle.filter(), orientation), shownWidth, shownHeight);
            }
            case Preparation.Padded padded -> {
                Preparation.Size size = padded.resized(shownWidth, shownHeight, width);
                byte[][] upright = levels(size, Preparation.Part.whole(size), padded.filter(), orientation);
                yield one(padded.square(upright, size, width), shownWidth, shownHeight);
            }
            case Preparation.Tiles tiles -> {
                Preparation.Size size = tiles.resized(shownWidth, shownHeight);
                byte[][] upright = levels(size, Preparation.Part.whole(size), tiles.filter(), orientation);
                yield tiles(upright, size, tiles, shownWidth, shownHeight);
            }
        };
    }

    private ImageTensor one(byte[][] upright, int shownWidth, int shownHeight) {
        float[] values = new float[3 * spec.width() * spec.height()];
        normalise(upright, spec.width(), 0, 0, values, 0);
        return new ImageTensor(values, spec.width(), spec.height(), shownWidth, shownHeight);
    }

    /** A part of the picture as it is shown, in whole levels. */
    private byte[][] levels(Preparation.Size whole, Preparation.Part shown, Filter filter, Orientation orientation)
            throws BadImageException, IOException {
        boolean swap = orientation.swapsSides();
        Preparation.Size size = swap ? new Preparation.Size(whole.height(), whole.width()) : whole;
        byte[][] stored;
        try (PixelRows rows = file.read(skip, time)) {
            Preparation.Part part = orientation.stored(shown, whole.width(), whole.height());
            Levels levels = new Levels(rows, size, part, filter, swap);
            read(rows, levels::add);
            stored = levels.planes();
        }
        if (orientation.equals(Orientation.upright())) {
            return stored;
        }
        byte[][] upright = new byte[3][stored[0].length];
        for (int plane = 0; plane < 3; plane++) {
            for (int y = 0; y < shown.height(); y++) {
                for (int x = 0; x < shown.width(); x++) {
                    upright[plane][y * shown.width() + x] =
                            stored[plane][orientation.source(x, y, shown.width(), shown.height())];
                }
            }
        }
        return upright;
    }

    private ImageTensor tiles(
            byte[][] resized, Preparation.Size size, Preparation.Tiles tiles, int shownWidth, int shownHeight)
            throws IOException {
        int side = spec.width();
        int frame = 3 * side * side;
        Preparation.Size one = new Preparation.Size(side, side);
        Preparation.Size whole = tiles.cut() ? Preparation.Tiles.whole(size, side) : one;
        time.check();
        byte[][] stretched = Levels.resized(resized, size.width(), size.height(), whole, tiles.filter());
        boolean cut = whole.width() > side || whole.height() > side;
        int rows = cut ? whole.height() / side : 0;
        int columns = cut ? whole.width() / side : 0;
        float[] values = new float[(rows * columns + 1) * frame];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int at = (row * columns + column) * frame;
                normalise(stretched, whole.width(), column * side, row * side, values, at);
            }
        }
        time.check();
        byte[][] last = Levels.resized(stretched, whole.width(), whole.height(), one, tiles.filter());
        normalise(last, side, 0, 0, values, rows * columns * frame);
        return new ImageTensor(values, side, side, shownWidth, shownHeight, rows, columns);
    }

    /** One frame of the model's size out of a picture, from (left, top) on. */
    private void normalise(byte[][] planes, int stride, int left, int top, float[] values, int at) {
        int to = at;
        for (int channel = 0; channel < 3; channel++) {
            float mean = spec.mean().get(channel);
            float std = spec.std().get(channel);
            for (int y = 0; y < spec.height(); y++) {
                int from = (top + y) * stride + left;
                for (int x = 0; x < spec.width(); x++) {
                    values[to++] = ((planes[channel][from + x] & 255) / 255f - mean) / std;
                }
            }
        }
    }

    private float[] smooth(int width, int height) throws BadImageException, IOException {
        try (PixelRows rows = file.read(skip, time)) {
            Resampling resampling = new Resampling(rows, width, height);
            read(rows, resampling::add);
            return resampling.planes();
        }
    }

    /** Gives each row to {@code to} as the model may see it: in sRGB, on white. */
    private void read(PixelRows rows, Consumer<int[]> to) throws BadImageException, IOException {
        Colours colours = file.colours();
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
            to.accept(row);
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
