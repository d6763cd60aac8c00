package io.unifluid.inference.image;

import java.awt.image.Raster;

/**
 * Rows of a raster of four inks (cyan, magenta, yellow, black), each of 8 bits: what is not absorbed by the inks of a
 * colour nor by the black is seen. Without colour management, as most software shows them.
 *
 * @param transformed whether the first three are stored as luminance and two colour differences (YCCK)
 * @param inverted whether 255 is no ink
 */
record Inks(Raster raster, boolean transformed, boolean inverted) implements PixelRows {

    enum Inverted {
        YES,
        NO,
        /** Nothing in the file says so: the reading with less black is taken. */
        UNKNOWN
    }

    /** How a file says that its inks are stored. */
    record Kind(boolean transformed, Inverted inverted) {}

    static Inks of(Raster raster, Kind kind) {
        boolean inverted = switch (kind.inverted()) {
            case YES -> true;
            case NO -> false;
            case UNKNOWN -> mostlyFull(raster);
        };
        return new Inks(raster, kind.transformed(), inverted);
    }

    /** Whether more than half of all black ink were printed if the samples said how much. */
    private static boolean mostlyFull(Raster raster) {
        long sum = 0;
        int[] black = new int[raster.getWidth()];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, black.length, 1, 3, black);
            for (int ink : black) {
                sum += ink;
            }
        }
        return sum > 127.5 * raster.getWidth() * raster.getHeight();
    }

    @Override
    public int width() {
        return raster.getWidth();
    }

    @Override
    public int height() {
        return raster.getHeight();
    }

    @Override
    public boolean opaque() {
        return true;
    }

    @Override
    public void read(int y, int[] argb) {
        int[] samples = raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, (int[]) null);
        for (int x = 0; x < raster.getWidth(); x++) {
            int at = 4 * x;
            // The colour differences of YCCK give red, green and blue, of which the first three inks are the inverse.
            int first = transformed
                    ? 0xFFFFFF - ycc(samples[at], samples[at + 1], samples[at + 2])
                    : samples[at] << 16 | samples[at + 1] << 8 | samples[at + 2];
            int unabsorbed = inverted ? first : 0xFFFFFF - first;
            int light = inverted ? samples[at + 3] : 255 - samples[at + 3];
            argb[x] = 0xFF000000
                    | product(unabsorbed >> 16 & 255, light) << 16
                    | product(unabsorbed >> 8 & 255, light) << 8
                    | product(unabsorbed & 255, light);
        }
    }

    private static int product(int a, int b) {
        return (a * b + 127) / 255;
    }

    private static int ycc(int y, int cb, int cr) {
        return clamp(y + 1.402 * (cr - 128)) << 16
                | clamp(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)) << 8
                | clamp(y + 1.772 * (cb - 128));
    }

    private static int clamp(double value) {
        return (int) Math.round(Math.clamp(value, 0, 255));
    }
}
