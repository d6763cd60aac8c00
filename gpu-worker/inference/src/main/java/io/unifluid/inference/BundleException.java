package io.unifluid.inference;

/** A model bundle or device that cannot be used; the message is one sentence that names the file and what to do. */
public final class BundleException extends RuntimeException {
    public BundleException(String message) {
        super(message);
    }

    public BundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
