package io.unifluid.streams.intake;

import org.apache.kafka.common.KafkaException;

/** The intake topics cannot be read now: no record's fault, and to be tried again. */
public final class IntakeAwayException extends KafkaException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence */
    public IntakeAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
