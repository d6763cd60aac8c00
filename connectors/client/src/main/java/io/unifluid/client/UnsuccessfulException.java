package io.unifluid.client;

import io.unifluid.schemas.InferenceResult;

/** A request that ended without an output: rejected, failed, expired or cancelled. */
public final class UnsuccessfulException extends RequestException {
    private static final long serialVersionUID = 1;

    private final transient InferenceResult result;

    UnsuccessfulException(InferenceResult result) {
        this(result, Failure.of(result));
    }

    private UnsuccessfulException(InferenceResult result, Failure failure) {
        super(failure, null);
        this.result = result;
    }

    /** It succeeded, at another task than the one that was asked about. */
    static UnsuccessfulException ofAnotherKind(InferenceResult result) {
        return new UnsuccessfulException(
                result,
                new Failure(
                        Failure.OTHER_OUTPUT,
                        "The request succeeded with another kind of output: take it up by the kind that it was sent for."));
    }

    /** With its status, error, attempts and timings. */
    public InferenceResult result() {
        return result;
    }
}
