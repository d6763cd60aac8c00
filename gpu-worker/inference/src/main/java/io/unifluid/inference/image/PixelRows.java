package io.unifluid.inference.image;

import java.io.IOException;

/** A picture's pixels as they are stored, row by row from the top. */
interface PixelRows extends AutoCloseable {
    int width();

    int height();

    /** The picture's width in these rows' pixels: of a reduced picture the last pixel may reach beyond it. */
    default double exactWidth() {
        return width();
    }

    /** Likewise its height. */
    default double exactHeight() {
        return height();
    }

    /** Whether it is certain that every pixel covers what is behind it. */
    default boolean opaque() {
        return false;
    }

    /**
     * Writes row y as 0xAARRGGBB, not premultiplied. Rows are asked for in order, each once.
     *
     * @param argb at least width values
     */
    void read(int y, int[] argb) throws IOException, BadImageException;

    /** Frees what lies outside the heap, if anything does. */
    @Override
    default void close() throws IOException {}
}
