package io.unifluid.inference.image;

import java.io.EOFException;

/** A component of a reduced JPEG: as many rows of it as are decoded at once, and how its blocks come to them. */
final class JpegPlane {
    /** Blocks in a unit of an interleaved scan. */
    private final int across;

    private final int down;

    /** How often each sample is repeated for the picture's pixels: colours may be stored at fewer. */
    private final int repeatedAcross;

    private final int repeatedDown;

    private final int blockWidth;
    private final int blockHeight;
    private final int stride;
    private final byte[] samples;
    private final JpegTransform transform;
    private final JpegCode means;
    private final JpegCode others;
    private final int[] steps;
    private final int[] block = new int[64];
    private int mean;

    /** @param reduced how many of the picture's pixels in a row become one: 2, 4 or 8 */
    JpegPlane(JpegFrame frame, JpegScan.Channel channel, int reduced) {
        int component = channel.component();
        this.across = frame.across()[component];
        this.down = frame.down()[component];
        int pixelsAcross = 8 / reduced * (frame.mostAcross() / across);
        int pixelsDown = 8 / reduced * (frame.mostDown() / down);
        this.blockWidth = Math.min(8, pixelsAcross);
        this.blockHeight = Math.min(8, pixelsDown);
        this.repeatedAcross = pixelsAcross / blockWidth;
        this.repeatedDown = pixelsDown / blockHeight;
        this.stride = frame.unitsAcross() * across * blockWidth;
        this.samples = new byte[stride * down * blockHeight];
        this.transform = new JpegTransform(blockWidth, blockHeight);
        this.means = JpegCode.of(channel.means());
        this.others = JpegCode.of(channel.others());
        this.steps = channel.steps();
    }

    static long memory(JpegFrame frame, int component, int reduced) {
        int pixelsDown = 8 / reduced * frame.mostDown();
        return 8L * frame.unitsAcross() * frame.mostAcross() / reduced * pixelsDown;
    }

    int across() {
        return across;
    }

    int down() {
        return down;
    }

    void restart() {
        mean = 0;
    }

    /** Decodes the next block of the data, which is this one of those that are decoded at once. */
    void block(JpegBits bits, int column, int row) throws EOFException {
        mean += bits.difference(means);
        long places = 0;
        if (transform.ofMeans()) {
            bits.pass(others);
        } else {
            places = bits.coefficients(others, steps, block);
        }
        block[0] = (short) mean * steps[0];
        transform.put(block, places, samples, row * blockHeight * stride + column * blockWidth, stride);
    }

    /**
     * @param y row of the picture's, of those that are decoded at once
     * @param to gets a value for each of the picture's pixels
     */
    void row(int y, int width, byte[] to) {
        int from = y / repeatedDown * stride;
        if (repeatedAcross == 1) {
            System.arraycopy(samples, from, to, 0, width);
            return;
        }
        for (int x = 0; x < width; from++) {
            for (int end = Math.min(width, x + repeatedAcross); x < end; x++) {
                to[x] = samples[from];
            }
        }
    }
}
