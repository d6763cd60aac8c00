package io.unifluid.operations.blobs;

/** Why a blob stays. */
public enum Reason {
    /** Put, or put again, within the retention: its request may be about to be sent. */
    YOUNG("put within the retention"),
    DEAD_LETTER("named by a dead letter"),
    UNFINISHED("named by an unfinished request"),
    RECENT("of a request that finished within the retention"),
    MODERATED("of a picture that waits for its verdict, or that people may look at"),
    STORED("of a file or a batch that a tenant keeps");

    private final String words;

    Reason(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
