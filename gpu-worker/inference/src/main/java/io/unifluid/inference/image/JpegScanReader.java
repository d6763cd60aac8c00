package io.unifluid.inference.image;

import java.io.IOException;

/** Reads a scan of a sequential JPEG, a row of the picture's units at a time. */
final class JpegScanReader {
    private static final int UNITS_BETWEEN_CHECKS = 64;

    private final JpegFrame frame;
    private final JpegScan scan;
    private final JpegPlane[] planes;
    private final JpegBits bits;
    private final TimeLimit time;
    private int unit;
    private int row;

    /** @param planes of the frame's components */
    JpegScanReader(JpegFrame frame, JpegScan scan, JpegPlane[] planes, TimeLimit time) {
        this.frame = frame;
        this.scan = scan;
        this.planes = planes;
        this.time = time;
        this.bits = new JpegBits(scan.data());
    }

    /** @throws java.io.EOFException if data is missing or makes no sense */
    void read() throws IOException {
        if (scan.channels().size() == 1) {
            alone(scan.channels().getFirst());
        } else {
            interleaved();
        }
        row++;
    }

    private void interleaved() throws IOException {
        for (int column = 0; column < frame.unitsAcross(); column++) {
            unit();
            for (JpegScan.Channel channel : scan.channels()) {
                JpegPlane plane = planes[channel.component()];
                for (int y = 0; y < plane.down(); y++) {
                    for (int x = 0; x < plane.across(); x++) {
                        plane.block(bits, channel, column * plane.across() + x, y);
                    }
                }
            }
        }
    }

    /** The blocks of one component, of which only those are there that the picture reaches. */
    private void alone(JpegScan.Channel channel) throws IOException {
        JpegPlane plane = planes[channel.component()];
        int columns = blocks(frame.width(), frame.mostAcross() / plane.across());
        int rows = blocks(frame.height(), frame.mostDown() / plane.down()) - row * plane.down();
        for (int y = 0; y < Math.min(rows, plane.down()); y++) {
            for (int x = 0; x < columns; x++) {
                unit();
                plane.block(bits, channel, x, y);
            }
        }
    }

    private static int blocks(int pixels, int pixelsPerSample) {
        return Math.ceilDiv(Math.ceilDiv(pixels, pixelsPerSample), 8);
    }

    private void unit() throws IOException {
        if (scan.restart() > 0 && unit > 0 && unit % scan.restart() == 0) {
            bits.restart(unit / scan.restart() - 1 & 7);
            for (JpegScan.Channel channel : scan.channels()) {
                planes[channel.component()].restart();
            }
        }
        if (unit % UNITS_BETWEEN_CHECKS == 0) {
            time.check();
        }
        unit++;
    }
}
