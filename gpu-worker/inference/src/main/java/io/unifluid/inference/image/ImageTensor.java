package io.unifluid.inference.image;

import java.util.Arrays;
import java.util.Objects;

/**
 * A decoded picture as a model takes it: normalised floats, channel by channel (CHW). Two are equal if their floats
 * are, whatever file they came from.
 */
public final class ImageTensor {
    private final float[] values;
    private final int width;
    private final int height;
    private final int originalWidth;
    private final int originalHeight;
    private final int hash;

    /** Takes over {@code values} (3 x height x width), which nobody may change afterwards. */
    public ImageTensor(float[] values, int width, int height, int originalWidth, int originalHeight) {
        Objects.requireNonNull(values, "values");
        if (values.length != 3 * width * height) {
            throw new IllegalArgumentException(
                    "a picture of " + width + "x" + height + " has not " + values.length + " values");
        }
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
