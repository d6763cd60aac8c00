package io.unifluid.inference.image;

import java.util.Locale;

/** The sentences for pictures that are not taken: what it is, what is wrong with it, what to do. */
final class Refusal {
    private Refusal() {}

    static BadImageException cutShort(ImageFormat format, int bytes) {
        return new BadImageException("The " + format + " picture is cut short: its data ends after " + bytes
                + " bytes, before the picture does; send the whole file.");
    }

    /** @param what is wrong, for example "its frame header is too short" */
    static BadImageException damaged(ImageFormat format, String what) {
        return new BadImageException("The " + format + " picture is damaged (" + what + "); send an undamaged file.");
    }

    /** What a reader stumbled over, where the structure of the file was sound. */
    static BadImageException damaged(ImageFormat format, Throwable cause) {
        return new BadImageException(
                "The " + format + " picture is damaged or cut short; send an undamaged file.", cause);
    }

    /**
     * A sound picture of a kind that is not read.
     *
     * @param what it uses or has, for example "uses arithmetic coding"
     * @param advice for example "save it as baseline or progressive JPEG"
     */
    static BadImageException unread(ImageFormat format, String what, String advice) {
        return new BadImageException(
                "The " + format + " picture " + what + ", which this worker does not read; " + advice + ".");
    }

    /** @param limit what there is too much of, and how much is taken, for example "has more than 100 scans" */
    static BadImageException tooMuch(ImageFormat format, String limit, String advice) {
        return new BadImageException("The " + format + " picture " + limit + "; " + advice + ".");
    }

    static BadImageException tooLong(ImageFormat format, long millis) {
        return new BadImageException("Decoding the " + format + " picture took longer than " + millis
                + " ms of processor time; send a smaller or simpler one.");
    }

    static BadImageException noPixels(long width, long height) {
        return new BadImageException(
                "The picture's header says " + width + "x" + height + " px; send a picture that has pixels.");
    }

    static BadImageException tooManyPixels(long width, long height, long most) {
        return new BadImageException("The picture's header says " + width + "x" + height + " px, "
                + megapixels((double) width * height) + " megapixels, and this worker decodes at most "
                + megapixels(most) + "; send a smaller one.");
    }

    static BadImageException tooMuchMemory(ImageFormat format, long width, long height, long bytes, long most) {
        return new BadImageException("Decoding the " + format + " picture of " + width + "x" + height + " px takes "
                + mebibytes(bytes) + " MiB of memory, and this worker gives at most " + mebibytes(most)
                + "; send a smaller one.");
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }

    private static String megapixels(double pixels) {
        return String.format(Locale.ROOT, pixels < 10_000_000 ? "%.2f" : "%.0f", pixels / 1e6);
    }
}
