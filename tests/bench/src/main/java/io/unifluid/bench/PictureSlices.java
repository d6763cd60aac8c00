package io.unifluid.bench;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Finds the sample pictures in records, by eight bytes from the midst of each. */
final class PictureSlices {
    private final Set<Long> slices = new HashSet<>();

    PictureSlices(SamplePictures pictures) {
        pictures.encoded()
                .forEach(picture -> slices.add(ByteBuffer.wrap(picture).getLong(picture.length / 2)));
    }

    /** How many are in a value. */
    long in(byte[] value) {
        long found = 0;
        if (value == null || value.length < Long.BYTES) {
            return found;
        }
        long slice = 0;
        for (int i = 0; i < value.length; i++) {
            slice = slice << Byte.SIZE | value[i] & 0xff;
            if (i >= Long.BYTES - 1 && slices.contains(slice)) {
                found++;
            }
        }
        return found;
    }
}
