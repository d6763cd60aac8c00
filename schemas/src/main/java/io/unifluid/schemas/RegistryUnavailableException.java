package io.unifluid.schemas;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The schema registry cannot be reached, refuses, or answers otherwise than a registry does: that is no record's fault,
 * and what could not be done is to be tried again. The message is one sentence that says what to do.
 */
public final class RegistryUnavailableException extends SerializationException {
    private static final long serialVersionUID = 1;

    public RegistryUnavailableException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
