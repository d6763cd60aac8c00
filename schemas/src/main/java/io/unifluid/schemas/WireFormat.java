package io.unifluid.schemas;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Which schema wrote a value, and where its body begins. Confluent's serializers put the schema's id in front of the body
 * (a zero byte, four bytes of id), or, newer ones on request, into the record header {@value #HEADER}.
 *
 * @param schemaId as the registry knows it
 * @param bodyAt index of the body's first byte
 */
public record WireFormat(int schemaId, int bodyAt) {
    /** Where newer serializers put the id of the value's schema. */
    public static final String HEADER = "__value_schema_id";

    private static final byte ID = 0;
    private static final byte GUID = 1;
    private static final int ID_BYTES = 1 + Integer.BYTES;
    private static final int GUID_BYTES = 1 + 2 * Long.BYTES;

    /**
     * @param headers may be null
     * @throws UndecodableRecordException if the value does not say which schema wrote it, or says it by a GUID
     */
    public static WireFormat of(Headers headers, byte[] value) {
        var header = header(headers);
        if (header != null) {
            if (header.length == ID_BYTES && header[0] == ID) {
                return new WireFormat(idIn(header), 0);
            }
            throw header.length == GUID_BYTES && header[0] == GUID
                    ? byGuid("in the header " + HEADER)
                    : new UndecodableRecordException(
                            "The header " + HEADER + " holds " + header.length
                                    + " bytes that are no schema id: send a zero byte and the four bytes of the id, or let the serializer put the id in front of the value.");
        }
        if (value.length >= ID_BYTES && value[0] == ID) {
            return new WireFormat(idIn(value), ID_BYTES);
        }
        if (value.length >= GUID_BYTES && value[0] == GUID) {
            throw byGuid("in front of its value");
        }
        throw new UndecodableRecordException(
                "The record cannot be decoded, since it does not say which schema wrote it: send it with Confluent's Avro serializer, which puts a zero byte and the four bytes of the schema's id in front of the value.");
    }

    /**
     * The value as it can be decoded without its headers: with the id in front, the same array if it is there already.
     *
     * @throws UndecodableRecordException as {@link #of}
     */
    public static byte[] selfContained(Headers headers, byte[] value) {
        if (header(headers) == null) {
            return value;
        }
        var format = of(headers, value);
        return ByteBuffer.allocate(ID_BYTES + value.length)
                .put(ID)
                .putInt(format.schemaId())
                .put(value)
                .array();
    }

    private static byte[] header(Headers headers) {
        Header found = headers == null ? null : headers.lastHeader(HEADER);
        return found == null ? null : found.value() == null ? new byte[0] : found.value();
    }

    private static int idIn(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt(1);
    }

    private static UndecodableRecordException byGuid(String place) {
        return new UndecodableRecordException(
                "The record cannot be decoded, since it names its schema by a GUID " + place
                        + ", and only ids are read: set the serializer's value.schema.id.serializer to the PrefixSchemaIdSerializer.");
    }
}
