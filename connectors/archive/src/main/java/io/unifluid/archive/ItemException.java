package io.unifluid.archive;

import io.unifluid.client.Failure;

/** One picture cannot be read; the others can. */
public final class ItemException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public ItemException(Failure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
