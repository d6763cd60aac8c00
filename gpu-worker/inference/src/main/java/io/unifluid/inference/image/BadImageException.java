package io.unifluid.inference.image;

/** A picture that cannot be used; the message is one sentence for whoever sent it. */
public final class BadImageException extends Exception {
    public BadImageException(String message) {
        super(message);
    }

    public BadImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
