package io.unifluid.schemas.access;

/** Kafka does not allow what the process needs; the message is one sentence that names operations and resources. */
public final class MissingRightsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MissingRightsException(String sentence) {
        super(sentence);
    }
}
