package io.unifluid.inference.image;

import java.io.IOException;

/** Reads a scan of a sequential JPEG, a row of the picture's units at a time. */
final class JpegScanReader {
    private static final int UNITS_BETWEEN_CHECKS = 64;

    private final JpegFrame frame;
    private final JpegPlane[] planes;
    private final JpegBits bits;
    private final int restart;
    private final TimeLimit time;
    private int unit;
    private int row;

    /** @param planes of the scan's components */
    JpegScanReader(JpegFrame frame, JpegScan scan, JpegPlane[] planes, TimeLimit time) {
        this.frame = frame;
        this.planes = planes;
        this.bits = new JpegBits(scan.data());
        this.restart = scan.restart();
        this.time = time;
    }

    /** @throws java.io.EOFException if data is missing or makes no sense */
    void read() throws IOException {
        if (planes.length == 1) {
            alone(planes[0]);
        } else {
            interleaved();
        }
        row++;
    }

    private void interleaved() throws IOException {
        int columns = frame.unitsAcross();
        for (int column = 0; column < columns; column++) {
            unit();
            for (JpegPlane plane : planes) {
                for (int y = 0; y < plane.down(); y++) {
                    for (int x = 0; x < plane.across(); x++) {
                        plane.block(bits, column * plane.across() + x, y);
                    }
                }
            }
        }
    }

    /** The blocks of one component, of which only those are there that the picture reaches. */
    private void alone(JpegPlane plane) throws IOException {
        int columns = blocks(frame.width(), frame.mostAcross() / plane.across());
        int rows = blocks(frame.height(), frame.mostDown() / plane.down()) - row * plane.down();
        for (int y = 0; y < Math.min(rows, plane.down()); y++) {
            for (int x = 0; x < columns; x++) {
                unit();
                plane.block(bits, x, y);
            }
        }
    }

    private static int blocks(int pixels, int pixelsPerSample) {
        return Math.ceilDiv(Math.ceilDiv(pixels, pixelsPerSample), 8);
    }

    private void unit() throws IOException {
        if (restart > 0 && unit > 0 && unit % restart == 0) {
            bits.restart(unit / restart - 1 & 7);
            for (JpegPlane plane : planes) {
                plane.restart();
            }
        }
        if (unit % UNITS_BETWEEN_CHECKS == 0) {
            time.check();
        }
        unit++;
    }
}
