package io.unifluid.inference.image;

import java.io.IOException;
import java.util.Arrays;

/** Rows of a TIFF whose strips or tiles are JPEG pictures; those of one row of parts are held at a time. */
final class TiffJpegRows implements PixelRows {
    private final TiffParts parts;
    private final TiffLayout layout;
    private final JpegWalk.Inside inside;
    private final TimeLimit time;
    private final PixelRows[] open;
    private final int[] row;
    private int rowOfParts = -1;

    TiffJpegRows(TiffFile file, TimeLimit time) {
        this.parts = file.parts();
        this.layout = file.layout();
        this.time = time;
        this.open = new PixelRows[parts.across()];
        this.row = new int[Math.addExact(parts.partWidth(), 16)];
        this.inside = new JpegWalk.Inside(
                file.jpegTables(),
                switch (layout.colour()) {
                    case GREY, WHITE_IS_ZERO, PALETTE -> JpegWalk.Stored.GREY;
                    case RGB -> JpegWalk.Stored.RGB;
                    case YCC -> JpegWalk.Stored.YCC;
                    case INKS -> JpegWalk.Stored.CMYK;
                });
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
        return true;
    }

    @Override
    public void read(int y, int[] argb) throws IOException, BadImageException {
        time.check();
        if (y / parts.partHeight() != rowOfParts) {
            rowOfParts = y / parts.partHeight();
            for (int column = 0; column < open.length; column++) {
                open[column] = open(parts.index(0, rowOfParts, column));
            }
        }
        for (int column = 0; column < open.length; column++) {
            open[column].read(y % parts.partHeight(), row);
            int from = column * parts.partWidth();
            System.arraycopy(row, 0, argb, from, Math.min(parts.partWidth(), parts.width() - from));
        }
        if (layout.colour() == TiffLayout.Colour.WHITE_IS_ZERO) {
            for (int x = 0; x < parts.width(); x++) {
                argb[x] ^= 0xFFFFFF;
            }
        } else if (layout.colour() == TiffLayout.Colour.PALETTE) {
            for (int x = 0; x < parts.width(); x++) {
                argb[x] = layout.palette()[argb[x] & 255];
            }
        }
    }

    private PixelRows open(int part) throws IOException, BadImageException {
        time.check();
        Span data = parts.data(part);
        JpegFile jpeg = new JpegWalk(Arrays.copyOfRange(data.bytes(), data.from(), data.to()), inside).file();
        int rows = parts.tiled()
                ? parts.partHeight()
                : Math.min(parts.partHeight(), parts.height() - rowOfParts * parts.partHeight());
        boolean fits = jpeg.width() >= parts.partWidth()
                && jpeg.height() >= rows
                && jpeg.width() < parts.partWidth() + 16
                && jpeg.height() < parts.partHeight() + 16
                && jpeg.frame().components() == layout.samples();
        if (!fits) {
            throw Refusal.damaged(ImageFormat.TIFF, "a strip or tile is a JPEG of another size");
        }
        return jpeg.read(1, time);
    }
}
