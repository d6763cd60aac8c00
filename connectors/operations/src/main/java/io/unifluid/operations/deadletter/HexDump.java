package io.unifluid.operations.deadletter;

import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Bytes for people: offset, hex, and what of them can be read. */
public final class HexDump {
    private static final int PER_LINE = 16;

    private HexDump() {}

    /** @param count how many of the bytes, from the first */
    public static Stream<String> lines(byte[] bytes, int count) {
        return IntStream.iterate(0, at -> at < count, at -> at + PER_LINE)
                .mapToObj(at -> line(bytes, at, Math.min(count, at + PER_LINE)));
    }

    /** As text where it is text, else in hex. */
    public static String text(byte[] bytes) {
        return bytes == null ? "(none)" : DeadLetter.text(bytes);
    }

    private static String line(byte[] bytes, int from, int to) {
        var hex = new StringBuilder();
        var readable = new StringBuilder();
        for (int at = from; at < to; at++) {
            hex.append(String.format(Locale.ROOT, at - from == PER_LINE / 2 ? " %02x " : "%02x ", bytes[at] & 0xff));
            readable.append(bytes[at] >= 0x20 && bytes[at] < 0x7f ? (char) bytes[at] : '.');
        }
        return String.format(Locale.ROOT, "%08x  %-49s |%s|", from, hex, readable);
    }
}
