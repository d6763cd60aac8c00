package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class RecordSerializerTest {
    private static final Map<String, String> CONFIG = Map.of("schema.registry.url", "mock://record-serializer");

    @Test
    void everyRecordIsWrittenAsConfluentsSerializerWritesIt() {
        try (var ours = new AvroSerdes(CONFIG).serializer(Topics.REQUESTS);
                var confluent = new KafkaAvroSerializer()) {
            confluent.configure(CONFIG, false);
            for (int i = 0; i < 3; i++) {
                var request = request("r-" + i, 10 + i);
                assertThat(ours.serialize("requests", request))
                        .as("record %s", i)
                        .isEqualTo(confluent.serialize("requests", request));
            }
        }
    }

    @Test
    void everyKindOfATopicThatCarriesSeveralIsReadBack() {
        var avro = new AvroSerdes(CONFIG);
        List<SpecificRecord> records = List.of(
                new AttemptEnded("r-1", 1, "understand-bulk", null, List.of()),
                new Admitted(
                        request("r-2", 5),
                        1,
                        false,
                        "l",
                        "b",
                        1.0,
                        1L,
                        now(),
                        now(),
                        null,
                        ByteBuffer.allocate(0),
                        new IntakePlace("t", 1, 2L, 3)),
                new AttemptEnded("r-3", 2, "understand-bulk", null, List.of()));
        try (var ours = avro.serializer(Topics.SCHEDULE);
                var reader = avro.deserializer(Topics.SCHEDULE)) {
            for (var record : records) {
                assertThat(reader.deserialize("schedule", ours.serialize("schedule", record)))
                        .isEqualTo(record);
            }
        }
    }

    @Test
    void aRecordThatCannotBeWrittenSpoilsNoOther() {
        try (var ours = new AvroSerdes(CONFIG).serializer(Topics.REQUESTS)) {
            var whole = request("r-1", 10);
            byte[] first = ours.serialize("requests", whole);
            var broken = request("r-2", 10);
            broken.put("tenant", null);
            assertThatThrownBy(() -> ours.serialize("requests", broken)).isInstanceOf(SerializationException.class);

            assertThat(ours.serialize("requests", whole)).isEqualTo(first);
            var large = request("r-3", 1_000_000);
            assertThat(ours.serialize("requests", large)).hasSizeGreaterThan(1_000_000);
            assertThat(ours.serialize("requests", whole)).isEqualTo(first);
        }
    }

    @Test
    void nothingIsWrittenAsNothing() {
        try (var ours = new AvroSerdes(CONFIG).serializer(Topics.RESULTS)) {
            assertThat(ours.serialize("results", null)).isNull();
        }
    }

    private static InferenceRequest request(String id, int bytes) {
        return InferenceRequest.newBuilder()
                .setRequestId(id)
                .setTask(new Caption(0, null))
                .setImage(ImageRef.newBuilder()
                        .setBytes(ByteBuffer.wrap(new byte[bytes]))
                        .build())
                .setSubmittedAt(now())
                .setLabels(Map.of("archive", "march"))
                .build();
    }

    private static Instant now() {
        return Instant.parse("2026-03-01T12:00:00Z");
    }
}
