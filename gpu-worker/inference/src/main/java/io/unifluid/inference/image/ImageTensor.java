package io.unifluid.inference.image;

import java.util.Arrays;
import java.util.Objects;

/**
 * A decoded picture as a model takes it: normalised floats, channel by channel (CHW), of several tiles one after the other.
 * Two are equal if their floats and tiles are, whatever file they came from.
 */
public final class ImageTensor {
    private final float[] values;
    private final int width;
    private final int height;
    private final int originalWidth;
    private final int originalHeight;
    private final int rows;
    private final int columns;
    private final int hash;

    /** Takes over {@code values} (3 x height x width), which nobody may change afterwards. */
    public ImageTensor(float[] values, int width, int height, int originalWidth, int originalHeight) {
        this(values, width, height, originalWidth, originalHeight, 0, 0);
    }

    /**
     * A picture in rows x columns tiles of width x height px, row by row, with the whole picture as one more after them.
     * Takes over {@code values}, which nobody may change afterwards.
     *
     * @param rows 0 for the whole picture alone
     * @param columns 0 for the whole picture alone
     */
    public ImageTensor(
            float[] values, int width, int height, int originalWidth, int originalHeight, int rows, int columns) {
        Objects.requireNonNull(values, "values");
        if (values.length != 3L * width * height * (rows * columns + 1)) {
            throw new IllegalArgumentException("a picture of " + width + "x" + height + " in " + rows + "x" + columns
                    + " tiles has not " + values.length + " values");
        }
        this.rows = rows;
        this.columns = columns;
        this.values = values;
        this.width = width;
        this.height = height;
        this.originalWidth = originalWidth;
        this.originalHeight = originalHeight;
        this.hash = Arrays.hashCode(values);
    }

    /** The floats themselves, not a copy; do not change them. */
    public float[] values() {
        return values;
    }

    /** Rows of tiles before the whole picture, 0 for none. */
    public int rows() {
        return rows;
    }

    /** Columns of tiles, 0 for none. */
    public int columns() {
        return columns;
    }

    /** How many pictures of width x height px the values are: its tiles and the whole. */
    public int frames() {
        return rows * columns + 1;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Width in px of the picture as a viewer shows it (orientation applied), before resizing. */
    public int originalWidth() {
        return originalWidth;
    }

    /** Height in px of the picture as a viewer shows it (orientation applied), before resizing. */
    public int originalHeight() {
        return originalHeight;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageTensor that
                && hash == that.hash
                && width == that.width
                && height == that.height
                && rows == that.rows
                && columns == that.columns
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "ImageTensor[" + width + "x" + height + " of " + originalWidth + "x" + originalHeight + "]";
    }
}
