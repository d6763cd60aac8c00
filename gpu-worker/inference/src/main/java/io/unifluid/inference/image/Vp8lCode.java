package io.unifluid.inference.image;

import java.io.IOException;

/**
 * A prefix code of a lossless WebP: a table for codes of up to 8 bits, which points on to tables for longer ones. An
 * entry is the symbol times 16 plus its length; one that points on has in place of these the start of the table and the
 * bits that choose in it.
 */
final class Vp8lCode {
    private static final int ROOT = 8;
    private static final int LONGEST = 15;
    private static final int FURTHER = 1 << 31;

    private final int[] table;

    private Vp8lCode(int[] table) {
        this.table = table;
    }

    /** Of one symbol that takes no bits. */
    static Vp8lCode of(int symbol) {
        return new Vp8lCode(new int[] {symbol << 4});
    }

    /**
     * @param lengths of each symbol's code, 0 for none
     * @throws IOException if they make no code
     */
    static Vp8lCode of(int[] lengths, int count) throws IOException {
        int[] perLength = new int[LONGEST + 1];
        int symbols = 0;
        int only = 0;
        for (int i = 0; i < count; i++) {
            if (lengths[i] > 0) {
                perLength[lengths[i]]++;
                symbols++;
                only = i;
            }
        }
        if (symbols == 1) {
            return of(only);
        }
        int left = 1;
        int longest = 0;
        int[] next = new int[LONGEST + 2];
        for (int length = 1; length <= LONGEST; length++) {
            left = 2 * left - perLength[length];
            if (left < 0) {
                throw new IOException("a code of a WebP has too many symbols");
            }
            next[length + 1] = next[length] + perLength[length] << 1;
            longest = perLength[length] > 0 ? length : longest;
        }
        if (symbols == 0 || left != 0) {
            throw new IOException("a code of a WebP has too few symbols");
        }
        return new Vp8lCode(table(lengths, count, next, longest));
    }

    private static int[] table(int[] lengths, int count, int[] next, int longest) {
        int root = Math.min(ROOT, longest);
        int[] codes = new int[count];
        int[] deepest = new int[1 << root]; // The longest code behind each entry of the root.
        for (int i = 0; i < count; i++) {
            int length = lengths[i];
            if (length > 0) {
                codes[i] = Integer.reverse(next[length]++) >>> 32 - length;
                if (length > root) {
                    int entry = codes[i] & (1 << root) - 1;
                    deepest[entry] = Math.max(deepest[entry], length);
                }
            }
        }
        int size = 1 << root;
        int[] starts = new int[1 << root];
        for (int entry = 0; entry < starts.length; entry++) {
            if (deepest[entry] > 0) {
                starts[entry] = size;
                size += 1 << deepest[entry] - root;
            }
        }
        int[] table = new int[size + 1];
        table[size] = root;
        for (int i = 0; i < count; i++) {
            int length = lengths[i];
            if (length == 0) {
                continue;
            }
            if (length <= root) {
                for (int at = codes[i]; at < 1 << root; at += 1 << length) {
                    table[at] = i << 4 | length;
                }
            } else {
                int entry = codes[i] & (1 << root) - 1;
                int more = deepest[entry] - root;
                table[entry] = FURTHER | starts[entry] << 4 | more;
                for (int at = codes[i] >> root; at < 1 << more; at += 1 << length - root) {
                    table[starts[entry] + at] = i << 4 | length - root;
                }
            }
        }
        return table;
    }

    /** Numbers that it holds in memory. */
    int size() {
        return table.length;
    }

    int read(Vp8lBits bits) {
        int[] entries = table;
        if (entries.length == 1) {
            return entries[0] >> 4;
        }
        int root = entries[entries.length - 1];
        int entry = entries[bits.peek(root)];
        if (entry < 0) {
            bits.skip(root);
            int more = entry & 15;
            entry = entries[((entry & ~FURTHER) >> 4) + bits.peek(more)];
        }
        bits.skip(entry & 15);
        return entry >> 4;
    }
}
