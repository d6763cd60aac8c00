package io.unifluid.inference.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;

/** Rows of a TIFF whose strips or tiles are unpacked as they are read: one row of pixels is held at a time. */
final class TiffRows implements PixelRows {
    private final TiffFile file;
    private final TiffLayout layout;
    private final TiffParts parts;
    private final TimeLimit time;

    /** By plane, then column. */
    private final InputStream[] open;

    private final byte[] packed;
    private final int[] samples;
    private int rowOfParts = -1;

    TiffRows(TiffFile file, TimeLimit time) {
        this.file = file;
        this.layout = file.layout();
        this.parts = file.parts();
        this.time = time;
        this.open = new InputStream[layout.planes() * parts.across()];
        this.packed = new byte[(int) layout.rowLength(parts.partWidth())];
        this.samples = new int[parts.width() * layout.samples()];
    }

    @Override
    public int width() {
        return parts.width();
    }

    @Override
    public int height() {
        return parts.height();
    }

    @Override
    public boolean opaque() {
        return layout.alpha() < 0;
    }

    @Override
    public void read(int y, int[] argb) throws IOException, BadImageException {
        time.check();
        if (y / parts.partHeight() != rowOfParts) {
            rowOfParts = y / parts.partHeight();
            open();
        }
        for (int plane = 0; plane < layout.planes(); plane++) {
            for (int column = 0; column < parts.across(); column++) {
                InputStream part = open[plane * parts.across() + column];
                if (part.readNBytes(packed, 0, packed.length) < packed.length) {
                    throw new EOFException("a strip or tile is shorter than it should be");
                }
                unpack(plane, column);
            }
        }
        for (int x = 0; x < parts.width(); x++) {
            argb[x] = pixel(x * layout.samples());
        }
    }

    @Override
    public void close() throws IOException {
        for (InputStream part : open) {
            if (part != null) {
                part.close();
            }
        }
    }

    private void open() throws IOException, BadImageException {
        close();
        for (int plane = 0; plane < layout.planes(); plane++) {
            for (int column = 0; column < parts.across(); column++) {
                int at = plane * parts.across() + column;
                open[at] = file.unpacked(parts.index(plane, rowOfParts, column), time);
            }
        }
    }

    /** Puts the samples of a row of a strip or tile to where they belong in the row of the picture. */
    private void unpack(int plane, int column) {
        int perPixel = layout.planes() > 1 ? 1 : layout.samples();
        int from = column * parts.partWidth();
        int pixels = Math.min(parts.partWidth(), parts.width() - from);
        int step = layout.planes() > 1 ? layout.samples() : 1;
        int to = from * layout.samples() + plane;
        int count = pixels * perPixel;
        switch (layout.bits()) {
            case 8 -> {
                for (int i = 0; i < count; i++, to += step) {
                    samples[to] = packed[i] & 255;
                }
            }
            case 16 -> {
                boolean little = file.order() == ByteOrder.LITTLE_ENDIAN;
                for (int i = 0; i < count; i++, to += step) {
                    int first = packed[2 * i] & 255;
                    int second = packed[2 * i + 1] & 255;
                    samples[to] = little ? second << 8 | first : first << 8 | second;
                }
            }
            default -> {
                int bits = layout.bits();
                for (int i = 0; i < count; i++, to += step) {
                    int whole = packed[i * bits >> 3] & 255;
                    int octet = layout.reversed() ? Integer.reverse(whole) >>> 24 : whole;
                    samples[to] = octet >> 8 - bits - (i * bits & 7) & (1 << bits) - 1;
                }
            }
        }
        if (layout.differences()) {
            int most = (1 << layout.bits()) - 1;
            int start = from * layout.samples() + plane;
            int distance = layout.samples(); // In both arrangements: the same sample of the pixel to the left.
            for (int i = perPixel, at = start + (perPixel == 1 ? step : perPixel); i < count; i++, at += step) {
                samples[at] = samples[at] + samples[at - distance] & most;
            }
        }
    }

    private int pixel(int at) {
        int alpha = layout.alpha() < 0 ? 255 : eight(samples[at + layout.alpha()]);
        int rgb = switch (layout.colour()) {
            case GREY -> eight(samples[at]) * 0x010101;
            case WHITE_IS_ZERO -> (255 - eight(samples[at])) * 0x010101;
            case PALETTE -> layout.palette()[samples[at]] & 0xFFFFFF;
            case RGB, YCC -> eight(samples[at]) << 16 | eight(samples[at + 1]) << 8 | eight(samples[at + 2]);
            case INKS -> {
                int light = 255 - eight(samples[at + 3]);
                yield unabsorbed(samples[at], light) << 16
                        | unabsorbed(samples[at + 1], light) << 8
                        | unabsorbed(samples[at + 2], light);
            }
        };
        return alpha << 24 | (layout.premultiplied() ? divided(rgb, alpha) : rgb);
    }

    private int unabsorbed(int ink, int light) {
        return ((255 - eight(ink)) * light + 127) / 255;
    }

    private static int divided(int rgb, int alpha) {
        if (alpha == 0 || alpha == 255) {
            return rgb;
        }
        return Math.min(255, ((rgb >> 16) * 255 + alpha / 2) / alpha) << 16
                | Math.min(255, ((rgb >> 8 & 255) * 255 + alpha / 2) / alpha) << 8
                | Math.min(255, ((rgb & 255) * 255 + alpha / 2) / alpha);
    }

    private int eight(int sample) {
        return switch (layout.bits()) {
            case 8 -> sample;
            case 16 -> (sample * 255 + 32767) / 65535;
            default -> sample * 255 / ((1 << layout.bits()) - 1);
        };
    }
}
