package io.unifluid.client;

import io.unifluid.schemas.InferenceResult;

/**
 * Why there is no answer.
 *
 * @param kind a stable name for programs: a result's own, or one of the constants here
 * @param message one sentence
 */
public record Failure(String kind, String message) {
    /** The file could not be read, so that nothing was sent. */
    public static final String UNREADABLE = "UNREADABLE";
    /** The file or the request is larger than what may be sent. */
    public static final String TOO_LARGE = "TOO_LARGE";
    /** There is a file without a byte in it. */
    public static final String EMPTY = "EMPTY";
    /** A member, or the rest of an archive from there on, is not what its format says. */
    public static final String CORRUPT = "CORRUPT";
    /** A member of an archive has a name that leads out of it. */
    public static final String UNSAFE_NAME = "UNSAFE_NAME";
    /** The broker, the registry or the blob store did not take it. */
    public static final String NOT_TAKEN = "NOT_TAKEN";
    /** It was sent, and nobody waits for its result any more. */
    public static final String UNANSWERED = "UNANSWERED";
    /** It succeeded, with another output than the one that was asked about. */
    public static final String OTHER_OUTPUT = "OTHER_OUTPUT";

    /** Of a result that did not succeed. */
    public static Failure of(InferenceResult result) {
        return result.getError() == null
                ? new Failure(result.getStatus().toString(), "The request ended as " + result.getStatus() + ".")
                : new Failure(result.getError().getKind(), result.getError().getMessage());
    }
}
