package io.unifluid.inference.image;

import java.io.IOException;

/**
 * A file whose structure was walked through: what it says of its first picture, checked, before anything is decoded.
 * The walk takes time in proportion to the file's bytes, and inflates nothing but a colour profile of bounded size.
 */
sealed interface PictureFile permits JpegFile, PngFile, GifFile, BmpFile, TiffFile, WebpFile {
    /** In px, as stored. */
    int width();

    /** In px, as stored. */
    int height();

    Orientation orientation();

    Colours colours();

    /**
     * Bytes of memory, on the heap or not, that {@link #read} and its rows take at most.
     *
     * @param skip as for {@link #read}
     */
    long memory(int skip);

    /** Whether {@link #read} skips pixels at little cost. */
    boolean skips();

    /** Whether {@link #read} gives the means of pixels in place of skipping them, at less cost than that of all. */
    default boolean reduces() {
        return false;
    }

    /**
     * @param skip 1 for all pixels, n for the first of every n in both directions; 2, 4 or 8 for their means, of a file
     *     that reduces
     * @throws IOException if the data is damaged, or the time is over
     */
    PixelRows read(int skip, TimeLimit time) throws IOException, BadImageException;

    static PictureFile of(ImageFormat format, byte[] bytes) throws BadImageException {
        return switch (format) {
            case JPEG -> JpegFile.of(bytes);
            case PNG -> PngFile.of(bytes);
            case WEBP -> WebpFile.of(bytes);
            case GIF -> GifFile.of(bytes);
            case BMP -> BmpFile.of(bytes);
            case TIFF -> TiffFile.of(bytes);
        };
    }
}
