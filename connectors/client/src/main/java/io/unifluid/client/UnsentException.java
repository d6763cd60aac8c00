package io.unifluid.client;

/** A request that did not leave this machine; the failure says why. */
public final class UnsentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    UnsentException(String kind, String sentence, Throwable cause) {
        super(sentence, cause);
        this.failure = new Failure(kind, sentence);
    }

    public Failure failure() {
        return failure;
    }
}
