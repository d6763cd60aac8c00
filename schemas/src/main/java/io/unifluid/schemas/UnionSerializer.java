package io.unifluid.schemas;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Headers;

/** Registers and writes a union of records, where Confluent's own would register the one record that it is given. */
final class UnionSerializer extends KafkaAvroSerializer {
    private final AvroSchema union;

    UnionSerializer(Schema union) {
        this.union = new AvroSchema(union);
    }

    @Override
    public byte[] serialize(String topic, Object record) {
        return serialize(topic, null, record);
    }

    @Override
    public byte[] serialize(String topic, Headers headers, Object record) {
        return record == null
                ? null
                : serializeImpl(getSubjectName(topic, isKey, record, union), topic, headers, record, union);
    }
}
