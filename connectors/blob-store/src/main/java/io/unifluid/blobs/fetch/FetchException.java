package io.unifluid.blobs.fetch;

import java.util.Objects;

/** A picture could not be fetched. The message is one sentence for the sender of the request. */
public final class FetchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Who must act. */
    public enum Kind {
        /** The sender, or who configured the worker: missing, refused, too large, not what its hash says. */
        BAD_INPUT,
        /** Nobody: timeout, server error, connection refused, store outage. The same request may succeed later. */
        TRANSIENT
    }

    private final Kind kind;

    public FetchException(Kind kind, String sentence, Throwable cause) {
        super(sentence, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    public Kind kind() {
        return kind;
    }

    static FetchException badInput(String sentence) {
        return new FetchException(Kind.BAD_INPUT, sentence, null);
    }

    static FetchException badInput(String sentence, Throwable cause) {
        return new FetchException(Kind.BAD_INPUT, sentence, cause);
    }

    static FetchException passing(String sentence, Throwable cause) {
        return new FetchException(Kind.TRANSIENT, sentence, cause);
    }
}
