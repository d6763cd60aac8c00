package io.unifluid.client;

/** A request that did not leave this machine. */
public final class UnsentException extends RequestException {
    private static final long serialVersionUID = 1;

    UnsentException(String kind, String sentence, Throwable cause) {
        super(new Failure(kind, sentence), cause);
    }
}
