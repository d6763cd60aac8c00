package io.unifluid.inference.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferInt;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * A picture as stored: packed 0xRRGGBB row by row, transparent parts on white.
 *
 * @param rgb width x height values
 */
record Pixels(int width, int height, int[] rgb) {

    static Pixels of(BufferedImage image) {
        ColorModel model = image.getColorModel();
        if (!(model instanceof IndexColorModel)
                && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && image.getRaster().getTransferType() <= DataBuffer.TYPE_USHORT) {
            return grey(image.getRaster(), model.isAlphaPremultiplied());
        }
        BufferedImage flat = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = flat.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, flat.getWidth(), flat.getHeight());
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return new Pixels(
                flat.getWidth(),
                flat.getHeight(),
                ((DataBufferInt) flat.getRaster().getDataBuffer()).getData());
    }

    /** Java's grey colour space is linear and would brighten the picture: stored values are taken as they are. */
    private static Pixels grey(Raster raster, boolean premultiplied) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int greyMax = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        boolean alpha = raster.getNumBands() > 1;
        int alphaMax = alpha ? (1 << raster.getSampleModel().getSampleSize(1)) - 1 : 1;
        int[] values = new int[width];
        int[] alphas = new int[width];
        int[] rgb = new int[width * height];
        for (int y = 0; y < height; y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, values);
            if (alpha) {
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 1, alphas);
            }
            for (int x = 0; x < width; x++) {
                double grey = (double) values[x] / greyMax;
                double cover = alpha ? (double) alphas[x] / alphaMax : 1;
                int value = (int) Math.round(255 * Math.min(1, (premultiplied ? grey : grey * cover) + 1 - cover));
                rgb[y * width + x] = value << 16 | value << 8 | value;
            }
        }
        return new Pixels(width, height, rgb);
    }
}
