package io.unifluid.schemas;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.specific.SpecificData;

/** A record of a topic with nothing in it but what must be there: for asking whether such records can be written. */
final class LeastRecord {
    static GenericRecord of(Topic<?> topic) {
        return record(SpecificData.get().getSchema(topic.valueType()));
    }

    private static GenericRecord record(Schema schema) {
        var builder = new GenericRecordBuilder(schema);
        schema.getFields().stream()
                .filter(field -> !field.hasDefaultValue())
                .forEach(field -> builder.set(field, value(field.schema())));
        return builder.build();
    }

    private static Object value(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> null;
            case BOOLEAN -> false;
            case INT -> 0;
            case LONG -> 0L;
            case FLOAT -> 0f;
            case DOUBLE -> 0d;
            case STRING -> "";
            case BYTES -> ByteBuffer.allocate(0);
            case ENUM -> new GenericData.EnumSymbol(schema, schema.getEnumDefault());
            case FIXED -> new GenericData.Fixed(schema, new byte[schema.getFixedSize()]);
            case ARRAY -> List.of();
            case MAP -> Map.of();
            case UNION -> value(schema.getTypes().getFirst());
            case RECORD -> record(schema);
        };
    }

    private LeastRecord() {}
}
