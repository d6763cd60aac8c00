package io.unifluid.client;

/** A request that was sent, and for whose result nobody waits any more; by its id it can be taken up again. */
public final class UnansweredException extends RequestException {
    private static final long serialVersionUID = 1;

    UnansweredException(String sentence, Throwable cause) {
        super(new Failure(Failure.UNANSWERED, sentence), cause);
    }
}
