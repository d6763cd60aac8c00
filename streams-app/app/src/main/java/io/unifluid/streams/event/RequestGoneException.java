package io.unifluid.streams.event;

/** A request that was admitted cannot be had any more; the message is one sentence. Nothing was touched yet. */
public final class RequestGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RequestGoneException(String message) {
        super(message);
    }
}
