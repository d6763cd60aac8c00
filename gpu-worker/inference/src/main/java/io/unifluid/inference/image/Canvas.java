package io.unifluid.inference.image;

import java.io.IOException;
import java.util.Arrays;

/**
 * A transparent canvas with a frame on it.
 *
 * @param place of the frame, which is no larger than the canvas; what reaches beyond is not seen
 */
record Canvas(int width, int height, Place place, PixelRows frame) implements PixelRows {

    /** In px, from the top left corner. */
    record Place(int x, int y, int width, int height) {}

    @Override
    public boolean opaque() {
        return place.width() == width && place.height() == height && frame.opaque();
    }

    @Override
    public void read(int y, int[] argb) throws IOException, BadImageException {
        int row = y - place.y();
        if (row < 0 || row >= place.height()) {
            Arrays.fill(argb, 0, width, 0);
            return;
        }
        frame.read(row, argb);
        int from = Math.min(width, place.x());
        int seen = Math.min(place.width(), width - from);
        System.arraycopy(argb, 0, argb, from, seen);
        Arrays.fill(argb, 0, from, 0);
        Arrays.fill(argb, from + seen, width, 0);
    }
}
