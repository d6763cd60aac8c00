package io.unifluid.inference.image;

import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * Rows of a raster, by what its bands mean. The raster's own colour model has no say: it would bring the platform's
 * colour management, which reads greys as linear light and inks without their inversion.
 *
 * @param meaning of the bands
 * @param bits of a sample
 * @param palette 0xAARRGGBB of each index, for {@link Meaning#PALETTE}
 * @param clear the samples of the colour that is transparent, or null
 */
record Samples(Raster raster, Meaning meaning, int bits, int[] palette, int[] clear) implements PixelRows {

    enum Meaning {
        GREY(1),
        GREY_ALPHA(2),
        RGB(3),
        RGBA(4),
        PALETTE(1);

        final int bands;

        Meaning(int bands) {
            this.bands = bands;
        }
    }

    Samples {
        if (raster.getNumBands() != meaning.bands) {
            throw new IllegalArgumentException(meaning + " of " + raster.getNumBands() + " bands");
        }
    }

    static Samples of(Raster raster, Meaning meaning, int bits) {
        return new Samples(raster, meaning, bits, null, null);
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
        return clear == null && (meaning == Meaning.GREY || meaning == Meaning.RGB);
    }

    @Override
    public void read(int y, int[] argb) {
        if (bits == 8
                && clear == null
                && raster.getDataBuffer() instanceof DataBufferByte buffer
                && raster.getSampleModel() instanceof PixelInterleavedSampleModel model) {
            bytes(y, argb, buffer.getData(), model);
        } else {
            any(y, argb);
        }
    }

    private void bytes(int y, int[] argb, byte[] data, PixelInterleavedSampleModel model) {
        int width = raster.getWidth();
        int step = model.getPixelStride();
        int[] offsets = model.getBandOffsets();
        int at = (y - raster.getSampleModelTranslateY()) * model.getScanlineStride()
                - raster.getSampleModelTranslateX() * step;
        int first = at + offsets[0];
        int second = meaning.bands > 1 ? at + offsets[1] : 0;
        int third = meaning.bands > 2 ? at + offsets[2] : 0;
        int fourth = meaning.bands > 3 ? at + offsets[3] : 0;
        switch (meaning) {
            case GREY -> {
                for (int x = 0, i = first; x < width; x++, i += step) {
                    argb[x] = 0xFF000000 | (data[i] & 255) * 0x010101;
                }
            }
            case GREY_ALPHA -> {
                for (int x = 0, i = 0; x < width; x++, i += step) {
                    argb[x] = (data[second + i] & 255) << 24 | (data[first + i] & 255) * 0x010101;
                }
            }
            case RGB -> {
                for (int x = 0, i = 0; x < width; x++, i += step) {
                    argb[x] = 0xFF000000
                            | (data[first + i] & 255) << 16
                            | (data[second + i] & 255) << 8
                            | data[third + i] & 255;
                }
            }
            case RGBA -> {
                for (int x = 0, i = 0; x < width; x++, i += step) {
                    argb[x] = (data[fourth + i] & 255) << 24
                            | (data[first + i] & 255) << 16
                            | (data[second + i] & 255) << 8
                            | data[third + i] & 255;
                }
            }
            case PALETTE -> {
                for (int x = 0, i = first; x < width; x++, i += step) {
                    argb[x] = palette[data[i] & 255];
                }
            }
        }
    }

    private void any(int y, int[] argb) {
        int width = raster.getWidth();
        int bands = meaning.bands;
        int[] samples = raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, (int[]) null);
        for (int x = 0; x < width; x++) {
            int i = bands * x;
            argb[x] = switch (meaning) {
                case GREY -> cover(samples, i) | scaled(samples[i]) * 0x010101;
                case GREY_ALPHA -> scaled(samples[i + 1]) << 24 | scaled(samples[i]) * 0x010101;
                case RGB ->
                    cover(samples, i) | scaled(samples[i]) << 16 | scaled(samples[i + 1]) << 8 | scaled(samples[i + 2]);
                case RGBA ->
                    scaled(samples[i + 3]) << 24
                            | scaled(samples[i]) << 16
                            | scaled(samples[i + 1]) << 8
                            | scaled(samples[i + 2]);
                case PALETTE -> palette[samples[i]];
            };
        }
    }

    private int cover(int[] samples, int at) {
        if (clear == null) {
            return 0xFF000000;
        }
        for (int band = 0; band < clear.length; band++) {
            if (samples[at + band] != clear[band]) {
                return 0xFF000000;
            }
        }
        return 0;
    }

    /** From 0 to the most that a sample can be, to 0 to 255. */
    private int scaled(int sample) {
        int most = (1 << bits) - 1;
        return (sample * 255 + most / 2) / most;
    }
}
