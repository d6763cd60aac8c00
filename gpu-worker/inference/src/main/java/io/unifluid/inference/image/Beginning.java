package io.unifluid.inference.image;

import java.nio.charset.StandardCharsets;

/** The first bytes of a file, by which it is known. */
record Beginning(byte[] bytes) {
    private static final int LOOKED_AT = 1024;

    boolean is(int at, int... expected) {
        if (bytes.length < at + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[at + i] & 0xFF) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    boolean is(int at, String expected) {
        return is(at, expected.chars().toArray());
    }

    /** The first kilobyte as text, without a byte order mark and spaces before, in small letters. */
    String text() {
        String text = new String(bytes, 0, Math.min(LOOKED_AT, bytes.length), StandardCharsets.UTF_8);
        return text.replace("\uFEFF", "").strip().toLowerCase(java.util.Locale.ROOT);
    }

    /** The first bytes for a message: as text where they are text, otherwise in hex. */
    String shown() {
        int length = Math.min(4, bytes.length);
        StringBuilder hex = new StringBuilder();
        boolean text = true;
        for (int i = 0; i < length; i++) {
            text &= bytes[i] >= 0x20 && bytes[i] < 0x7F;
            hex.append(i == 0 ? "" : " ").append("%02x".formatted(bytes[i]));
        }
        return (text ? "'" + new String(bytes, 0, length, StandardCharsets.US_ASCII) + "'" : hex.toString())
                + (bytes.length > length ? ".." : "");
    }
}
