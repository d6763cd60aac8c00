package io.unifluid.streams.event;

import io.unifluid.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A record's key as text. UTF-8 or nothing: a decoder that replaces what is malformed makes one key of two, and the text
 * could not be turned into the sender's bytes again.
 */
public final class KeyText implements Deserializer<String> {
    /** In bytes. Ids are far shorter; up to here they get a result that says so. */
    static final int LONGEST = 16 * 1024;

    @Override
    public String deserialize(String topic, byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length > LONGEST) {
            throw new UndecodableRecordException("The record's key has " + bytes.length + " bytes; the limit is "
                    + LONGEST + ": take a short requestId and send it as the key.");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UndecodableRecordException("The record's key is not UTF-8: send the requestId as the key.");
        }
    }
}
