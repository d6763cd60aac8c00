package io.unifluid.inference.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;

/**
 * Rows of a sequential JPEG reduced to a half, a quarter or an eighth, as libjpeg's {@code scale_denom} does: each pixel is
 * the mean of those that it stands for. Decoded as they are asked for: of a picture there are never more than the rows of
 * one line of blocks. Where a picture's side is no multiple, its last pixel reaches beyond it.
 */
final class JpegRows implements PixelRows {
    private final JpegFrame frame;
    private final int reduced;
    private final boolean luminance;
    private final int bytes;
    private final JpegPlane[] planes;
    private final JpegScanReader[] scans;
    private final byte[][] row;

    /** Rows that are decoded at once. */
    private final int rows;

    private int decoded;

    /**
     * @param reduced how many pixels in a row become one: 2, 4 or 8
     * @param luminance whether colours are stored as luminance and two differences
     * @param bytes of the file, for messages
     */
    JpegRows(JpegFrame frame, List<JpegScan> scans, int reduced, boolean luminance, int bytes, TimeLimit time) {
        this.frame = frame;
        this.reduced = reduced;
        this.luminance = luminance;
        this.bytes = bytes;
        this.planes = new JpegPlane[frame.components()];
        this.scans = new JpegScanReader[scans.size()];
        for (int i = 0; i < this.scans.length; i++) {
            this.scans[i] = new JpegScanReader(frame, scans.get(i), planes(scans.get(i)), time);
        }
        this.row = new byte[planes.length][width()];
        this.rows = 8 * frame.mostDown() / reduced;
    }

    private JpegPlane[] planes(JpegScan scan) {
        JpegPlane[] inScan = new JpegPlane[scan.channels().size()];
        for (int i = 0; i < inScan.length; i++) {
            JpegScan.Channel channel = scan.channels().get(i);
            inScan[i] = new JpegPlane(frame, channel, reduced);
            planes[channel.component()] = inScan[i];
        }
        return inScan;
    }

    static long memory(JpegFrame frame, int reduced) {
        long memory = 64 << 10; // The codes' tables.
        for (int i = 0; i < frame.components(); i++) {
            memory += JpegPlane.memory(frame, i, reduced) + frame.width() / reduced + 1;
        }
        return memory;
    }

    @Override
    public int width() {
        return Math.ceilDiv(frame.width(), reduced);
    }

    @Override
    public int height() {
        return Math.ceilDiv(frame.height(), reduced);
    }

    @Override
    public double exactWidth() {
        return (double) frame.width() / reduced;
    }

    @Override
    public double exactHeight() {
        return (double) frame.height() / reduced;
    }

    @Override
    public boolean opaque() {
        return true;
    }

    @Override
    public void read(int y, int[] argb) throws IOException, BadImageException {
        while (decoded <= y / rows) {
            try {
                for (JpegScanReader scan : scans) {
                    scan.read();
                }
            } catch (EOFException _) {
                throw Refusal.cutShort(ImageFormat.JPEG, bytes);
            }
            decoded++;
        }
        int width = width();
        for (int i = 0; i < planes.length; i++) {
            planes[i].row(y % rows, width, row[i]);
        }
        if (planes.length == 1) {
            grey(row[0], argb, width);
        } else if (luminance) {
            luminance(row[0], row[1], row[2], argb, width);
        } else {
            colours(row[0], row[1], row[2], argb, width);
        }
    }

    private static void grey(byte[] greys, int[] argb, int width) {
        for (int x = 0; x < width; x++) {
            argb[x] = 0xFF000000 | (greys[x] & 255) * 0x010101;
        }
    }

    private static void colours(byte[] reds, byte[] greens, byte[] blues, int[] argb, int width) {
        for (int x = 0; x < width; x++) {
            argb[x] = 0xFF000000 | (reds[x] & 255) << 16 | (greens[x] & 255) << 8 | blues[x] & 255;
        }
    }

    /** As JFIF says, in units of 2^-16. */
    private static void luminance(byte[] lights, byte[] toBlue, byte[] toRed, int[] argb, int width) {
        for (int x = 0; x < width; x++) {
            int light = (lights[x] & 255) << 16 | 1 << 15;
            int cb = (toBlue[x] & 255) - 128;
            int cr = (toRed[x] & 255) - 128;
            argb[x] = 0xFF000000
                    | level(light + 91881 * cr) << 16
                    | level(light - 22554 * cb - 46802 * cr) << 8
                    | level(light + 116130 * cb);
        }
    }

    private static int level(int value) {
        return Math.min(Math.max(value, 0) >> 16, 255);
    }
}
