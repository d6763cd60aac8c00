package io.unifluid.client;

/** Why a request has no output. The message is one sentence; {@link #failure} has a stable name beside it. */
public abstract sealed class RequestException extends RuntimeException
        permits UnsentException, UnansweredException, UnsuccessfulException {
    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    RequestException(Failure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
