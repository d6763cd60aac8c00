package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

final class SchemasTest {
    private final AvroSerdes serdes = AvroSerdes.of("mock://schemas-test");

    @Test
    void everyEnumHasADefaultSoThatANewSymbolBreaksNobody() {
        assertThat(enums())
                .isNotEmpty()
                .allSatisfy(schema -> assertThat(schema.getEnumDefault())
                        .as(schema.getFullName())
                        .isEqualTo("UNKNOWN"));
    }

    @Test
    void everyFieldAndEveryTypeIsDocumented() {
        for (var schema : named()) {
            assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
            if (schema.getType() == Schema.Type.RECORD) {
                assertThat(schema.getFields())
                        .allSatisfy(field -> assertThat(field.doc())
                                .as(schema.getName() + "." + field.name())
                                .isNotBlank());
            }
        }
    }

    @Test
    void aRequestOfEachTaskSurvivesTheWire() {
        var tasks = List.of(
                new Caption(12, "at night"),
                new Vqa(List.of(new Question("is there a dog?", List.of("yes", "no")))),
                new Generate("a red car", 2, 0, 0, 7L, 2.5, 20),
                new Edit("make the background blue", null, null, 0));
        for (var task : tasks) {
            var request = request(task);
            var bytes = serdes.serializer(Topics.REQUESTS).serialize(Topics.REQUESTS.name(), request);
            assertThat(serdes.deserializer(Topics.REQUESTS).deserialize(Topics.REQUESTS.name(), bytes))
                    .isEqualTo(request);
        }
    }

    @Test
    void aSymbolAndAFieldFromTheFutureAreReadAsUnknownAndSkipped() throws IOException {
        var ours = Control.getClassSchema();
        var newer = new Schema.Parser()
                .parse(ours.toString()
                        .replace("\"CANCEL\"", "\"CANCEL\",\"PAUSE\"")
                        .replace(
                                "{\"name\":\"issuedAt\"",
                                "{\"name\":\"by\",\"type\":\"string\"},{\"name\":\"issuedAt\""));
        var written = new GenericData.Record(newer);
        written.put("requestId", "r-1");
        written.put("tenant", "default");
        written.put("kind", new GenericData.EnumSymbol(newer.getField("kind").schema(), "PAUSE"));
        written.put("issuedAt", 1_700_000_000_000L);
        written.put("by", "somebody");
        var bytes = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericData.Record>(newer).write(written, encoder);
        encoder.flush();

        var read = new SpecificDatumReader<Control>(newer, ours)
                .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));

        assertThat(read.getRequestId()).isEqualTo("r-1");
        assertThat(read.getKind()).isEqualTo(ControlKind.UNKNOWN);
        assertThat(read.getIssuedAt()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_000L));
    }

    @Test
    void bytesThatAreNotAvroAreRefused() {
        var deserializer = serdes.deserializer(Topics.REQUESTS);
        assertThatThrownBy(() -> deserializer.deserialize(
                        Topics.REQUESTS.name(), "{\"task\":\"caption\"}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(SerializationException.class);
    }

    @Test
    void anUnknownLaneIsRefusedWithTheOnesThatExist() {
        assertThatThrownBy(() -> Topics.work("express")).hasMessageContaining("express", "understand-interactive");
    }

    @Test
    void eachLaneHasOnePlaceInTheOrderOfServiceAndATopicOfItsName() {
        for (int rank = 0; rank < WorkLane.values().length; rank++) {
            var lane = WorkLane.RANKED.get(rank);
            assertThat(lane.rank()).isEqualTo(rank);
            assertThat(Topics.lanes().get(rank).name()).isEqualTo("unifluid.work." + lane.laneName());
            assertThat(Topics.work(lane.laneName())).isEqualTo(Topics.work(lane));
        }
    }

    @Test
    void theScheduleCarriesWhatBeginsAnAttemptAndWhatEndsIt() {
        var admitted = admitted();
        var ended = AttemptEnded.newBuilder()
                .setRequestId("r-1")
                .setAttempt(2)
                .setLane("generate-bulk")
                .setShared(SharedEnd.newBuilder()
                        .setComputationKey("k")
                        .setOutcome(AttemptOutcome.AGAIN)
                        .build())
                .build();
        try (var serializer = serdes.serializer(Topics.SCHEDULE);
                var deserializer = serdes.deserializer(Topics.SCHEDULE)) {
            for (var record : List.of(admitted, ended)) {
                var bytes = serializer.serialize(Topics.SCHEDULE.name(), record);
                assertThat(deserializer.deserialize(Topics.SCHEDULE.name(), bytes))
                        .isEqualTo(record);
            }
        }
    }

    @Test
    void anAdmittedOfTheVersionBeforeTheUnionIsStillRead() throws Exception {
        var before = new Schema.Parser()
                .parse(Admitted.getClassSchema()
                        .toString()
                        .replace("\"name\":\"isolated\"", "\"name\":\"alone\"")
                        .replace("\"name\":\"computationKey\"", "\"name\":\"reuseKey\"")
                        .replace(",\"aliases\":[\"alone\"]", "")
                        .replace(",\"aliases\":[\"reuseKey\"]", ""));
        assertThat(before.getField("isolated")).isNull();
        var url = serdes.config().get("schema.registry.url");
        var registry = MockSchemaRegistry.getClientForScope(url.substring("mock://".length()));
        int id = registry.register("before-value", new AvroSchema(before));
        var plain = new KafkaAvroSerializer(registry);
        plain.configure(serdes.config(), false);
        try (plain;
                var deserializer = serdes.deserializer(Topics.SCHEDULE)) {
            // The same bytes in the same order; only the names are others.
            var bytes = plain.serialize("same", admitted());
            ByteBuffer.wrap(bytes).putInt(1, id);
            assertThat(deserializer.deserialize(Topics.SCHEDULE.name(), bytes)).isEqualTo(admitted());
        }
    }

    private static Admitted admitted() {
        return new Admitted(
                request(new Caption(0, null)),
                2,
                true,
                "generate-bulk",
                "bucket",
                1.5,
                300L,
                Instant.ofEpochMilli(1_700_000_000_000L),
                Instant.ofEpochMilli(1_700_000_000_001L),
                "key",
                ByteBuffer.wrap(new byte[] {1}),
                null);
    }

    private static InferenceRequest request(Object task) {
        return InferenceRequest.newBuilder()
                .setRequestId("r-1")
                .setTask(task)
                .setSubmittedAt(Instant.ofEpochMilli(1_700_000_000_000L))
                .setLabels(Map.of("album", "holiday"))
                .build();
    }

    private static List<Schema> enums() {
        return named().stream()
                .filter(schema -> schema.getType() == Schema.Type.ENUM)
                .toList();
    }

    private static Set<Schema> named() {
        var found = new LinkedHashSet<Schema>();
        for (var topic : Topics.all()) {
            collect(topic.schema(), found);
        }
        return found;
    }

    private static void collect(Schema schema, Set<Schema> found) {
        var parts = new ArrayList<Schema>();
        switch (schema.getType()) {
            case RECORD -> {
                if (found.add(schema)) {
                    schema.getFields().forEach(field -> parts.add(field.schema()));
                }
            }
            case ENUM -> found.add(schema);
            case UNION -> parts.addAll(schema.getTypes());
            case ARRAY -> parts.add(schema.getElementType());
            case MAP -> parts.add(schema.getValueType());
            default -> {}
        }
        parts.forEach(part -> collect(part, found));
    }
}
