package io.unifluid.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/** Damage done to a picture: by chance, more of it near the beginning, where sizes and counts are. */
final class PictureMutation {
    private static final int[] NUMBERS = {0, 1, -1, 0x7FFFFFFF, 0x80000000, 0xFFFF, 0x10000, 0x8000, 40_000, 16_384};
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};

    private PictureMutation() {}

    /** @param other a picture of the same format, of which a part may be put in */
    static byte[] mutated(byte[] sound, byte[] other, RandomGenerator random) {
        byte[] bytes = sound.clone();
        int changes = 1 + random.nextInt(random.nextInt(4) == 0 ? 30 : 4);
        for (int i = 0; i < changes && bytes.length > 16; i++) {
            bytes = changed(bytes, other, random);
        }
        return random.nextInt(3) == 0 ? bytes : repaired(bytes);
    }

    private static byte[] changed(byte[] bytes, byte[] other, RandomGenerator random) {
        int at = place(bytes.length, random);
        switch (random.nextInt(10)) {
            case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2, 3 -> bytes[at] = (byte) random.nextInt();
            case 4, 5 -> number(bytes, at, random);
            case 6 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
            case 7 -> {
                return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, 1 + at) : bytes;
            }
            case 8 -> {
                int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
                return random.nextBoolean() ? joined(bytes, at, bytes, to) : joined(bytes, to, bytes, at);
            }
            default -> {
                return random.nextBoolean()
                        ? joined(bytes, at, other, place(other.length, random))
                        : joined(
                                bytes,
                                at,
                                random.ints(1 + random.nextInt(20))
                                        .collect(() -> ByteBuffer.allocate(80), ByteBuffer::putInt, (a, b) -> {})
                                        .array(),
                                0);
            }
        }
        return bytes;
    }

    private static int place(int length, RandomGenerator random) {
        int most = random.nextBoolean() ? length : Math.min(length, 200);
        return Math.min(length - 1, 2 + random.nextInt(Math.max(1, most - 2)));
    }

    private static void number(byte[] bytes, int at, RandomGenerator random) {
        int value = NUMBERS[random.nextInt(NUMBERS.length)];
        ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
        if (random.nextBoolean() && at + 4 <= bytes.length) {
            buffer.putInt(at, value);
        } else if (at + 2 <= bytes.length) {
            buffer.putShort(at, (short) value);
        }
    }

    /** The beginning of one and what comes from a place on in another. */
    private static byte[] joined(byte[] first, int to, byte[] second, int from) {
        byte[] joined = Arrays.copyOf(first, to + second.length - from);
        System.arraycopy(second, from, joined, to, second.length - from);
        return joined;
    }

    /** Checksums and lengths put right again, so that the damage gets past the first check. */
    static byte[] repaired(byte[] bytes) {
        if (bytes.length > 33 && Arrays.equals(bytes, 0, 4, PNG, 0, 4)) {
            ByteBuffer png = ByteBuffer.wrap(bytes);
            int at = 8;
            while (bytes.length - at >= 12) {
                int length = png.getInt(at);
                if (length < 0 || length > bytes.length - at - 12) {
                    break;
                }
                CRC32 sum = new CRC32();
                sum.update(bytes, at + 4, length + 4);
                png.putInt(at + 8 + length, (int) sum.getValue());
                at += 12 + length;
            }
        } else if (bytes.length > 12 && bytes[0] == 'R' && bytes[1] == 'I') {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, bytes.length - 8);
        }
        return bytes;
    }
}
