package io.unifluid.inference.image;

/** Rows of a VP8 frame as colours: colour differences are interpolated between their neighbours, as libwebp does. */
final class Vp8Rows implements PixelRows {
    private final int width;
    private final int height;
    private final Vp8Plane luma;
    private final Vp8Plane blue;
    private final Vp8Plane red;

    Vp8Rows(int width, int height, Vp8Plane luma, Vp8Plane blue, Vp8Plane red) {
        this.width = width;
        this.height = height;
        this.luma = luma;
        this.blue = blue;
        this.red = red;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public boolean opaque() {
        return true;
    }

    @Override
    public void read(int y, int[] argb) {
        int last = (height + 1 >> 1) - 1;
        int near = y >> 1;
        int far = Math.clamp((y & 1) == 0 ? near - 1 : near + 1, 0, last);
        int nearRow = blue.at(0, near);
        int farRow = blue.at(0, far);
        int luminance = luma.at(0, y);
        int lastColumn = (width + 1 >> 1) - 1;
        for (int x = 0; x < width; x++) {
            int column = x >> 1;
            int other = Math.clamp((x & 1) == 0 ? column - 1 : column + 1, 0, lastColumn);
            int u = mixed(blue, nearRow + column, nearRow + other, farRow + column, farRow + other);
            int v = mixed(red, nearRow + column, nearRow + other, farRow + column, farRow + other);
            argb[x] = colour(luma.value(luminance + x), u, v);
        }
    }

    /** 9, 3, 3 and 1 sixteenths, rounded in the steps of libwebp. */
    private static int mixed(Vp8Plane plane, int nearest, int beside, int above, int across) {
        int a = plane.value(nearest);
        int b = plane.value(beside);
        int c = plane.value(above);
        int d = plane.value(across);
        return (a + b + c + d + 8 + 2 * (b + c) >> 3) + a >> 1;
    }

    private static int colour(int y, int u, int v) {
        int light = y * 19077 >> 8;
        int red = light + (v * 26149 >> 8) - 14234;
        int green = light - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708;
        int blue = light + (u * 33050 >> 8) - 17685;
        return 0xFF000000 | eight(red) << 16 | eight(green) << 8 | eight(blue);
    }

    private static int eight(int value) {
        return value < 0 ? 0 : Math.min(value >> 6, 255);
    }
}
