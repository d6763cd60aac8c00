package io.unifluid.moderation.topology;

import io.unifluid.schemas.ModerationCase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * A case as it is stored: one byte for the form, then Avro without the schema, which only this app knows. Another schema is
 * another form, and reads this one still.
 */
final class CaseSerde {
    private static final byte FORM = 1;

    static Serde<ModerationCase> create() {
        return Serdes.serdeFrom((_, value) -> written(value), (_, bytes) -> read(bytes));
    }

    private static byte[] written(ModerationCase value) {
        if (value == null) {
            return null;
        }
        var out = new ByteArrayOutputStream(256);
        out.write(FORM);
        try {
            var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            new SpecificDatumWriter<>(ModerationCase.class).write(value, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("A byte array takes what is written.", e);
        }
    }

    private static ModerationCase read(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length == 0 || bytes[0] != FORM) {
            throw new IllegalStateException("A stored case has a form that this version does not know: a newer version"
                    + " of the moderation app wrote it; start that one.");
        }
        try {
            var decoder = DecoderFactory.get().binaryDecoder(bytes, 1, bytes.length - 1, null);
            return new SpecificDatumReader<>(ModerationCase.class).read(null, decoder);
        } catch (IOException e) {
            throw new UncheckedIOException("A stored case is damaged: remove the state folder, it is rebuilt.", e);
        }
    }

    private CaseSerde() {}
}
