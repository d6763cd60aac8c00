package io.unifluid.schemas;

import org.apache.kafka.common.errors.SerializationException;

/**
 * A record will never be readable: its bytes or the schema that they name are not what the topic carries. The message is
 * one sentence for its sender. It says nothing about the registry, nor about any other record.
 */
public final class UndecodableRecordException extends SerializationException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = 600;

    public UndecodableRecordException(String sentence) {
        super(OneLine.of(sentence, LONGEST));
    }
}
