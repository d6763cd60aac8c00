package io.unifluid.inference.image;

/**
 * A part of an array, not copied.
 *
 * @param from first index
 * @param to index behind the last one
 */
record Span(byte[] bytes, int from, int to) {
    Span {
        if (from < 0 || to < from || to > bytes.length) {
            throw new IllegalArgumentException("no part of an array of " + bytes.length + ": " + from + " to " + to);
        }
    }

    static Span of(byte[] bytes) {
        return new Span(bytes, 0, bytes.length);
    }

    int length() {
        return to - from;
    }
}
