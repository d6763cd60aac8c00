package io.unifluid.inference.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** The first directory of a TIFF or BigTIFF. Other directories, and directories inside it, are never followed. */
final class TiffTags {
    private static final int MOST_ENTRIES = 1 << 12;

    private final ByteBuffer tiff;
    private final Map<Integer, Entry> entries = new HashMap<>();

    /** @param at where the values lie */
    private record Entry(int type, int size, long count, long at) {}

    private TiffTags(ByteBuffer tiff) {
        this.tiff = tiff;
    }

    static TiffTags of(byte[] bytes) throws BadImageException {
        ByteBuffer tiff =
                ByteBuffer.wrap(bytes).order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        TiffTags tags = new TiffTags(tiff);
        try {
            tags.read();
        } catch (IndexOutOfBoundsException _) {
            throw Refusal.cutShort(ImageFormat.TIFF, bytes.length);
        }
        return tags;
    }

    private void read() throws BadImageException {
        boolean big = tiff.getShort(2) == 43;
        if (big && (tiff.getShort(4) != 8 || tiff.getShort(6) != 0)) {
            throw Refusal.damaged(ImageFormat.TIFF, "its header is not one of a BigTIFF");
        }
        int directory = index(big ? tiff.getLong(8) : tiff.getInt(4) & 0xFFFFFFFFL);
        long count = big ? tiff.getLong(directory) : tiff.getShort(directory) & 0xFFFF;
        if (count < 0 || count > MOST_ENTRIES) {
            throw Refusal.tooMuch(
                    ImageFormat.TIFF,
                    "has a directory of more than " + MOST_ENTRIES + " entries, the most that this worker reads",
                    "save it again");
        }
        int length = big ? 20 : 12;
        for (int i = 0, at = directory + (big ? 8 : 2); i < count; i++, at += length) {
            int tag = tiff.getShort(at) & 0xFFFF;
            int type = tiff.getShort(at + 2) & 0xFFFF;
            long values = big ? tiff.getLong(at + 4) : tiff.getInt(at + 4) & 0xFFFFFFFFL;
            int size = size(type);
            int place = at + (big ? 12 : 8);
            if (size > 0 && values >= 0 && values <= tiff.capacity()) {
                boolean here = values * size <= (big ? 8 : 4);
                long there = here ? place : big ? tiff.getLong(place) : tiff.getInt(place) & 0xFFFFFFFFL;
                entries.putIfAbsent(tag, new Entry(type, size, values, there));
            }
        }
    }

    private static int size(int type) {
        return switch (type) {
            case 1, 2, 6, 7 -> 1;
            case 3, 8 -> 2;
            case 4, 9, 11, 13 -> 4;
            case 5, 10, 12, 16, 17, 18 -> 8;
            default -> 0;
        };
    }

    private int index(long at) {
        if (at < 0 || at > tiff.capacity()) {
            throw new IndexOutOfBoundsException();
        }
        return (int) at;
    }

    boolean has(int tag) {
        return entries.containsKey(tag);
    }

    /** The first value of a tag of whole numbers. */
    long number(int tag, long otherwise) throws BadImageException {
        long[] numbers = numbers(tag, 1);
        return numbers.length == 0 ? otherwise : numbers[0];
    }

    /** @return the values of a tag, the first {@code most}; none without the tag */
    long[] numbers(int tag, int most) throws BadImageException {
        Entry entry = entries.get(tag);
        if (entry == null) {
            return new long[0];
        }
        try {
            long[] numbers = new long[(int) Math.min(most, entry.count())];
            int at = index(entry.at());
            for (int i = 0; i < numbers.length; i++, at += entry.size()) {
                numbers[i] = switch (entry.type()) {
                    case 1, 7 -> tiff.get(at) & 0xFF;
                    case 3 -> tiff.getShort(at) & 0xFFFF;
                    case 4, 13 -> tiff.getInt(at) & 0xFFFFFFFFL;
                    case 16, 18 -> tiff.getLong(at);
                    default -> throw Refusal.damaged(ImageFormat.TIFF, "tag " + tag + " is of a wrong type");
                };
            }
            return numbers;
        } catch (IndexOutOfBoundsException _) {
            throw Refusal.cutShort(ImageFormat.TIFF, tiff.capacity());
        }
    }

    /** The bytes of a tag, or null without it or where they lie outside the file. */
    Span bytes(int tag) {
        Entry entry = entries.get(tag);
        if (entry == null || entry.size() != 1 || entry.at() < 0 || entry.at() + entry.count() > tiff.capacity()) {
            return null;
        }
        return new Span(tiff.array(), (int) entry.at(), (int) (entry.at() + entry.count()));
    }

    ByteOrder order() {
        return tiff.order();
    }
}
