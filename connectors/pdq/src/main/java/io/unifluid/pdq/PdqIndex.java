package io.unifluid.pdq;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Finds the nearest of many hashes, as far as two are taken for the same ({@link PdqHash#MATCH}). Hashes are cut into pieces
 * so many that two within that distance differ by one bit at most in one of them: who shares a piece, but for one bit, is
 * compared. Some 100 bytes a hash. Not thread-safe.
 */
public final class PdqIndex {
    private static final int PIECE_BITS = 16;
    private static final int PER_WORD = Long.SIZE / PIECE_BITS;
    private static final int WORDS = 4;
    /** More than half of the distance: else all of them could differ by two bits. */
    private static final int PIECES = WORDS * PER_WORD;

    private static final int FIRST_ROOM = 1024;

    /** Of each piece by its value, the last hash that has it; counted from 1, 0 for none. */
    private final int[][] last = new int[PIECES][1 << PIECE_BITS];
    /** Of each hash and piece, the hash before it that has the same. */
    private int[] before = new int[PIECES * FIRST_ROOM];

    private long[] words = new long[WORDS * FIRST_ROOM];
    private int size;

    /** @return its number, from 0 */
    public int add(PdqHash hash) {
        int number = size++;
        if (words.length < WORDS * size) {
            words = Arrays.copyOf(words, words.length + words.length / 2);
            before = Arrays.copyOf(before, words.length / WORDS * PIECES);
        }
        words[WORDS * number] = hash.a();
        words[WORDS * number + 1] = hash.b();
        words[WORDS * number + 2] = hash.c();
        words[WORDS * number + 3] = hash.d();
        for (int piece = 0; piece < PIECES; piece++) {
            int value = piece(hash, piece);
            before[PIECES * number + piece] = last[piece][value];
            last[piece][value] = number + 1;
        }
        return number;
    }

    public int size() {
        return size;
    }

    /** The number of the nearest, and of several the first; empty where none is near enough. */
    public OptionalInt nearest(PdqHash hash) {
        int best = -1;
        int distance = PdqHash.MATCH + 1;
        for (int piece = 0; piece < PIECES; piece++) {
            int value = piece(hash, piece);
            for (int bit = -1; bit < PIECE_BITS; bit++) {
                int like = bit < 0 ? value : value ^ 1 << bit;
                for (int at = last[piece][like]; at > 0; at = before[PIECES * (at - 1) + piece]) {
                    int number = at - 1;
                    int differs = distance(hash, number);
                    if (differs < distance || differs == distance && number < best) {
                        best = number;
                        distance = differs;
                    }
                }
            }
        }
        return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
    }

    private int distance(PdqHash hash, int number) {
        int at = WORDS * number;
        return Long.bitCount(hash.a() ^ words[at])
                + Long.bitCount(hash.b() ^ words[at + 1])
                + Long.bitCount(hash.c() ^ words[at + 2])
                + Long.bitCount(hash.d() ^ words[at + 3]);
    }

    private static int piece(PdqHash hash, int piece) {
        long word = switch (piece / PER_WORD) {
            case 0 -> hash.a();
            case 1 -> hash.b();
            case 2 -> hash.c();
            default -> hash.d();
        };
        return (int) (word >>> PIECE_BITS * (piece % PER_WORD)) & (1 << PIECE_BITS) - 1;
    }
}
