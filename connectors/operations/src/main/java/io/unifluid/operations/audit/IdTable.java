package io.unifluid.operations.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Request ids by 128 bits of their SHA-256, with what is known of each: about 60 bytes an id, however long the ids are.
 * Two ids of a thousand million share a hash with a chance below 1e-20. Not thread-safe.
 */
public final class IdTable {
    private static final int FIRST_CAPACITY = 1 << 12;

    private long[] high = new long[FIRST_CAPACITY];
    private long[] low = new long[FIRST_CAPACITY];
    private long[] firstAt = new long[FIRST_CAPACITY];
    /** 0 marks a free slot; else one more than the results seen. */
    private int[] marks = new int[FIRST_CAPACITY];

    private int size;
    private final MessageDigest sha256 = sha256();

    /**
     * Notes a request.
     *
     * @param at epoch milliseconds
     * @return false when the id was known before
     */
    public boolean add(String id, long at) {
        if (2 * (size + 1) > marks.length) {
            grow();
        }
        var hash = hash(id);
        int slot = slot(hash[0], hash[1]);
        if (marks[slot] != 0) {
            firstAt[slot] = Math.min(firstAt[slot], at);
            return false;
        }
        put(slot, hash[0], hash[1], at, 1);
        size++;
        return true;
    }

    /** @return how many results the id has now, this one included; 0 when the id is not known */
    public int result(String id) {
        int slot = find(id);
        return marks[slot] == 0 ? 0 : marks[slot]++;
    }

    /** What was noted of an id that is known: the earliest moment, or whatever number was given in its place. */
    public long noted(String id) {
        return firstAt[find(id)];
    }

    /** Whether the id is known and has no result. */
    public boolean open(String id) {
        return marks[find(id)] == 1;
    }

    public int size() {
        return size;
    }

    /**
     * Ids without a result that were first seen before a moment.
     *
     * @param before epoch milliseconds
     */
    long countOpen(long before) {
        long count = 0;
        for (int i = 0; i < marks.length; i++) {
            if (marks[i] == 1 && firstAt[i] < before) {
                count++;
            }
        }
        return count;
    }

    private int find(String id) {
        var hash = hash(id);
        return slot(hash[0], hash[1]);
    }

    /** Where the hash is, or the free slot where it belongs. */
    private int slot(long first, long second) {
        int slot = (int) first & (marks.length - 1);
        while (marks[slot] != 0 && (high[slot] != first || low[slot] != second)) {
            slot = (slot + 1) & (marks.length - 1);
        }
        return slot;
    }

    private void put(int slot, long first, long second, long at, int mark) {
        high[slot] = first;
        low[slot] = second;
        firstAt[slot] = at;
        marks[slot] = mark;
    }

    private void grow() {
        var oldHigh = high;
        var oldLow = low;
        var oldAt = firstAt;
        var oldMarks = marks;
        int capacity = Math.multiplyExact(2, oldMarks.length);
        high = new long[capacity];
        low = new long[capacity];
        firstAt = new long[capacity];
        marks = new int[capacity];
        for (int i = 0; i < oldMarks.length; i++) {
            if (oldMarks[i] != 0) {
                put(slot(oldHigh[i], oldLow[i]), oldHigh[i], oldLow[i], oldAt[i], oldMarks[i]);
            }
        }
    }

    private long[] hash(String id) {
        var digest = ByteBuffer.wrap(Arrays.copyOf(sha256.digest(id.getBytes(StandardCharsets.UTF_8)), 2 * Long.BYTES));
        return new long[] {digest.getLong(), digest.getLong()};
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }
}
