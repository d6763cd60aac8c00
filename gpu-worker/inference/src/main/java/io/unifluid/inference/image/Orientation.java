package io.unifluid.inference.image;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a viewer turns the stored pixels, after EXIF tag 0x0112 (values 1 to 8). */
record Orientation(int exif) {
    private static final Logger LOG = LoggerFactory.getLogger(Orientation.class);
    private static final Orientation UPRIGHT = new Orientation(1);

    /** Reads the tag; damaged metadata does not spoil a sound picture, it is shown as stored. */
    static Orientation of(byte[] bytes, ImageFormat format) {
        try {
            return switch (format) {
                case JPEG ->
                    of(JpegMetadataReader.readMetadata(new ByteArrayInputStream(bytes), List.of(new ExifReader())));
                case PNG, WEBP, TIFF -> of(ImageMetadataReader.readMetadata(new ByteArrayInputStream(bytes)));
                case GIF, BMP -> UPRIGHT;
            };
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            LOG.debug("Unreadable metadata in a {} picture; its orientation is taken as stored", format, e);
            return UPRIGHT;
        }
    }

    static Orientation upright() {
        return UPRIGHT;
    }

    private static Orientation of(Metadata metadata) {
        for (ExifIFD0Directory directory : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
            Integer value = directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
            if (value != null && value >= 1 && value <= 8) {
                return new Orientation(value);
            }
        }
        return UPRIGHT;
    }

    /** Whether width and height change places. */
    boolean swapsSides() {
        return exif >= 5;
    }

    /**
     * The stored pixel that a viewer shows at (x, y).
     *
     * @param width of the shown picture
     * @param height of the shown picture
     * @return index into the stored pixels, row by row
     */
    int source(int x, int y, int width, int height) {
        int right = width - 1 - x;
        int down = height - 1 - y;
        return switch (exif) {
            case 2 -> y * width + right;
            case 3 -> down * width + right;
            case 4 -> down * width + x;
            case 5 -> x * height + y;
            case 6 -> right * height + y;
            case 7 -> right * height + down;
            case 8 -> x * height + down;
            default -> y * width + x;
        };
    }
}
