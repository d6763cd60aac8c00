package io.unifluid.inference.image;

/** The sentence for a picture that ends too early. */
final class Truncated {
    private Truncated() {}

    static BadImageException after(String format, int bytes) {
        return new BadImageException("The " + format + " picture is cut short: its data ends after " + bytes
                + " bytes, before the picture does; send the whole file.");
    }
}
