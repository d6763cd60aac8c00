package io.unifluid.inference.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a viewer turns the stored pixels, after EXIF tag 0x0112 (values 1 to 8). */
record Orientation(int exif) {
    private static final int TAG = 0x0112;
    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final Orientation UPRIGHT = new Orientation(1);

    static Orientation upright() {
        return UPRIGHT;
    }

    /** Of a value found in a file; one that means nothing is taken as upright. */
    static Orientation of(long exif) {
        return exif >= 1 && exif <= 8 ? new Orientation((int) exif) : UPRIGHT;
    }

    /**
     * Looks the tag up in the first directory of EXIF data, and reads nothing else of it. Damaged metadata does not
     * spoil a sound picture: it is shown as stored.
     *
     * @param exif what follows "Exif\0\0" in JPEG, the content of eXIf in PNG or of EXIF in WebP
     */
    static Orientation ofExif(Span exif) {
        ByteBuffer data =
                ByteBuffer.wrap(exif.bytes(), exif.from(), exif.length()).slice();
        if (data.remaining() < 8) {
            return UPRIGHT;
        }
        switch (data.getShort(0)) {
            case 0x4949 -> data.order(ByteOrder.LITTLE_ENDIAN);
            case 0x4D4D -> data.order(ByteOrder.BIG_ENDIAN);
            default -> {
                return UPRIGHT;
            }
        }
        long directory = data.getInt(4) & 0xFFFFFFFFL;
        if (data.getShort(2) != 42 || directory + 2 > data.limit()) {
            return UPRIGHT;
        }
        int entries = data.getShort((int) directory) & 0xFFFF;
        for (long at = directory + 2; entries > 0 && at + 12 <= data.limit(); at += 12, entries--) {
            if (data.getShort((int) at) == TAG) {
                int value = (int) at + 8;
                return switch (data.getShort((int) at + 2)) {
                    case BYTE -> of(data.get(value));
                    case SHORT -> of(data.getShort(value));
                    case LONG -> of(data.getInt(value));
                    default -> UPRIGHT;
                };
            }
        }
        return UPRIGHT;
    }

    /** Whether width and height change places. */
    boolean swapsSides() {
        return exif >= 5;
    }

    /**
     * Where the pixels are stored that a viewer shows as a part of the picture.
     *
     * @param width of the shown picture
     * @param height of the shown picture
     */
    Preparation.Part stored(Preparation.Part shown, int width, int height) {
        int right = width - shown.x() - shown.width();
        int down = height - shown.y() - shown.height();
        int x = switch (exif) {
            case 2, 3 -> right;
            case 5, 6 -> shown.y();
            case 7, 8 -> down;
            default -> shown.x();
        };
        int y = switch (exif) {
            case 3, 4 -> down;
            case 5, 8 -> shown.x();
            case 6, 7 -> right;
            default -> shown.y();
        };
        return swapsSides()
                ? new Preparation.Part(x, y, shown.height(), shown.width())
                : new Preparation.Part(x, y, shown.width(), shown.height());
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
