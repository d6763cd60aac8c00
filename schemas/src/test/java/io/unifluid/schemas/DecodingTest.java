package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What anybody may write on a topic is decoded into our classes or refused in a sentence; nothing else happens. */
final class DecodingTest {
    private static final int ID = 7;
    private static final String REQUEST = "io.unifluid.schemas.InferenceRequest";

    private final StubRegistry registry = StubRegistry.start();
    private final AvroSerdes serdes = AvroSerdes.of(registry.url());
    private final Deserializer<InferenceRequest> requests = serdes.deserializer(Topics.REQUESTS);

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        registry.close();
    }

    // What a schema may build

    static Stream<String> schemasThatNameClasses() {
        return Stream.of(
                "{'type':'string','java-class':'java.util.Formatter'}",
                "{'type':'array','items':{'type':'string','java-class':'java.util.Formatter'}}",
                "{'type':'map','values':{'type':'string','java-class':'java.util.Formatter'}}",
                "{'type':'map','values':'int','java-key-class':'java.util.Formatter'}",
                "['null',{'type':'string','java-class':'java.util.Formatter'}]",
                record(REQUEST, "{'name':'requestId','type':{'type':'string','java-class':'java.util.Formatter'}}"),
                record(
                        REQUEST,
                        "{'name':'requestId','type':{'type':'string','avro.java.string':'String','java-class':'java.util.Formatter'}}"),
                record(
                        REQUEST,
                        "{'name':'unknown','type':{'type':'string','java-class':'java.util.Formatter'}}",
                        "{'name':'requestId','type':'string'}"),
                record("java.util.Formatter", "{'name':'requestId','type':'string'}"),
                record("io.unifluid.schemas.Anything", "{'name':'requestId','type':'string'}"));
    }

    @ParameterizedTest
    @MethodSource("schemasThatNameClasses")
    void noClassThatASchemaNamesIsBuilt(String schema) throws IOException {
        var precious = Files.writeString(folder.resolve("precious"), "do not touch");
        registry.holds(ID, schema.replace('\'', '"'));
        var path = precious.toString();
        var bodies = List.of(
                body(out -> out.writeString(path)),
                body(out -> {
                    out.writeIndex(1);
                    out.writeString(path);
                }),
                body(out -> {
                    out.writeString(path);
                    out.writeString(path);
                }),
                body(out -> {
                    out.writeArrayStart();
                    out.setItemCount(1);
                    out.startItem();
                    out.writeString(path);
                    out.writeArrayEnd();
                }),
                body(out -> {
                    out.writeMapStart();
                    out.setItemCount(1);
                    out.startItem();
                    out.writeString(path);
                    out.writeString(path);
                    out.writeMapEnd();
                }));
        for (var topic : Topics.all()) {
            for (var body : bodies) {
                decoded(serdes.deserializer(topic), body);
            }
        }
        assertThat(precious).hasContent("do not touch");
    }

    @Test
    void aRecordOfAnotherNameIsRefusedNamingBoth() {
        registry.holds(ID, record("com.example.Order", "{'name':'requestId','type':'string'}"));

        assertRefused(body(out -> out.writeString("r-1")), "com.example.Order", REQUEST);
    }

    // Names decide

    @Test
    void aFifthTaskIsNoneThatThisVersionKnows() {
        for (var fields : List.of(
                "{'name':'maxTokens','type':'int'},{'name':'hint','type':['null','string']}", // As Caption has them.
                "{'name':'prompt','type':'string'}",
                "{'name':'instruction','type':'string'}",
                "")) {
            var ours = InferenceRequest.getClassSchema();
            var translate = new Schema.Parser()
                    .parse(("{'type':'record','name':'Translate','namespace':'io.unifluid.schemas','fields':[" + fields
                                    + "]}")
                            .replace('\'', '"'));
            var newer = with(ours, "task", union -> {
                var branches = new ArrayList<>(union.getTypes());
                branches.add(2, translate);
                return Schema.createUnion(branches);
            });
            var task = new GenericData.Record(translate);
            translate
                    .getFields()
                    .forEach(field -> task.put(
                            field.pos(),
                            switch (field.schema().getType()) {
                                case INT -> 5;
                                case STRING -> "to German";
                                default -> null;
                            }));
            registry.holds(ID, newer.toString());

            var read = serdes.deserializer(Topics.REQUESTS)
                    .deserialize("t", wire(body(newer, request(newer, Map.of("task", task)))));

            assertThat(read.getRequestId()).isEqualTo("r-1");
            assertThat(read.getTask()).as(fields).isNull();
            assertThat(read.getLabels()).containsEntry("after", "the task");
        }
    }

    @Test
    void aChoiceThatIsNoRecordIsNoneThatThisVersionKnows() {
        var newer = with(InferenceRequest.getClassSchema(), "task", union -> {
            var branches = new ArrayList<>(union.getTypes());
            branches.add(Schema.createArray(Schema.create(Schema.Type.STRING)));
            return Schema.createUnion(branches);
        });
        registry.holds(ID, newer.toString());

        assertThat(read(newer, Map.of("task", List.of("a", "b"))).getTask()).isNull();
    }

    @Test
    void aTaskOfANewerSchemaIsStillTheTask() {
        var newer = with(InferenceRequest.getClassSchema(), "task", union -> {
            var branches = new ArrayList<>(union.getTypes());
            branches.add(1, new Schema.Parser().parse(record("io.unifluid.schemas.Translate")));
            java.util.Collections.reverse(branches);
            return Schema.createUnion(branches);
        });
        registry.holds(ID, newer.toString());
        var caption = new GenericData.Record(Caption.getClassSchema());
        caption.put("maxTokens", 12);
        caption.put("hint", "at night");

        assertThat(read(newer, Map.of("task", caption)).getTask()).isEqualTo(new Caption(12, "at night"));
    }

    @Test
    void aPictureOfAnotherNameIsNotTakenForOne() {
        var renamed =
                new Schema.Parser().parse(ImageRef.getClassSchema().toString().replace("\"ImageRef\"", "\"Picture\""));
        var newer = with(
                InferenceRequest.getClassSchema(),
                "image",
                _ -> Schema.createUnion(Schema.create(Schema.Type.NULL), renamed));
        registry.holds(ID, newer.toString());
        var picture =
                new GenericRecordBuilder(renamed).set("uri", "file:///a.png").build();

        assertRefused(
                body(newer, request(newer, Map.of("image", picture))),
                "InferenceRequest.image",
                "io.unifluid.schemas.Picture",
                "io.unifluid.schemas.ImageRef");
        assertThat(read(newer, Map.of()).getImage()).isNull();
    }

    @Test
    void anEnumOfAnotherNameIsNotTakenForOurs() {
        var other = Schema.createEnum("Urgency", "", "com.example", List.of("UNKNOWN", "INTERACTIVE", "BULK"));
        var newer = with(InferenceRequest.getClassSchema(), "priority", _ -> other);
        registry.holds(ID, newer.toString());

        assertRefused(
                body(newer, request(newer, Map.of("priority", new GenericData.EnumSymbol(other, "INTERACTIVE")))),
                "com.example.Urgency");
    }

    @Test
    void aSymbolFromTheFutureIsUnknown() {
        var newerPriority = Schema.createEnum(
                "Priority", "", "io.unifluid.schemas", List.of("UNKNOWN", "NOW", "INTERACTIVE", "BULK"), "UNKNOWN");
        var newer = with(InferenceRequest.getClassSchema(), "priority", _ -> newerPriority);
        registry.holds(ID, newer.toString());

        assertThat(read(newer, Map.of("priority", new GenericData.EnumSymbol(newerPriority, "NOW")))
                        .getPriority())
                .isEqualTo(Priority.UNKNOWN);
        assertThat(read(newer, Map.of("priority", new GenericData.EnumSymbol(newerPriority, "BULK")))
                        .getPriority())
                .isEqualTo(Priority.BULK);
    }

    @Test
    void aTimeInAnotherUnitIsNotTakenForMilliseconds() {
        registry.holds(
                ID,
                record(
                        REQUEST,
                        "{'name':'requestId','type':'string'}",
                        "{'name':'submittedAt','type':{'type':'long','logicalType':'timestamp-micros'}}"));

        assertRefused(
                body(out -> {
                    out.writeString("r-1");
                    out.writeLong(1_700_000_000_000_000L);
                }),
                "InferenceRequest.submittedAt",
                "timestamp-micros",
                "timestamp-millis");
    }

    @Test
    void whatAnOlderSchemaLacksHasItsDefault() {
        registry.holds(ID, record(REQUEST, "{'name':'requestId','type':'string'}"));
        var bytes = wire(body(out -> out.writeString("r-1")));

        var read = requests.deserialize("t", bytes);
        read.getLabels().put("mine", "alone");

        assertThat(read.getTenant()).isEqualTo("default");
        assertThat(read.getTask()).isNull();
        assertThat(read.getPriority()).isEqualTo(Priority.UNKNOWN);
        assertThat(read.getSubmittedAt()).isEqualTo(Instant.EPOCH);
        assertThat(read.getDeadline()).isNull();
        assertThat(read.getReuse()).isTrue();
        assertThat(requests.deserialize("t", bytes).getLabels()).isEmpty();
    }

    @Test
    void whatWasWrittenBeforeThereWereGroupsIsOfTheCommonOne() {
        var announcement = without(WorkerAnnouncement.getClassSchema(), "group");
        registry.holds(ID, announcement.toString());
        assertThat(serdes.deserializer(Topics.WORKERS)
                        .deserialize("t", wire(body(announcement, least(announcement))))
                        .getGroup())
                .isEmpty();

        var batch = without(MicroBatch.getClassSchema(), "group");
        registry.holds(ID + 1, batch.toString());
        var bytes = wire(body(batch, least(batch)));
        ByteBuffer.wrap(bytes).putInt(1, ID + 1);
        assertThat(serdes.deserializer(Topics.work("understand-bulk"))
                        .deserialize("t", bytes)
                        .getGroup())
                .isEmpty();
    }

    @Test
    void whatHasNoDefaultMustBeThere() {
        registry.holds(ID, record(REQUEST, "{'name':'tenant','type':'string'}"));

        assertRefused(body(out -> out.writeString("me")), "InferenceRequest.requestId");
    }

    @Test
    void smallerNumbersAreWidenedAndOtherTypesRefused() {
        registry.holds(
                ID,
                record(
                        REQUEST,
                        "{'name':'requestId','type':'bytes'}",
                        "{'name':'submittedAt','type':'int'}",
                        "{'name':'tenant','type':['int','string']}"));

        assertThat(requests.deserialize("t", wire(body(out -> {
                    out.writeString("r-1");
                    out.writeInt(5000);
                    out.writeIndex(1);
                    out.writeString("me");
                }))))
                .satisfies(read -> assertThat(read.getRequestId()).isEqualTo("r-1"))
                .satisfies(read -> assertThat(read.getSubmittedAt()).isEqualTo(Instant.ofEpochSecond(5)))
                .satisfies(read -> assertThat(read.getTenant()).isEqualTo("me"));
        assertRefused(
                body(out -> {
                    out.writeString("r-1");
                    out.writeInt(5000);
                    out.writeIndex(0);
                    out.writeInt(3);
                }),
                "InferenceRequest.tenant",
                "int");
    }

    // What bytes may cost

    @Test
    void lengthsAndCountsThatTheBytesCannotFillAreRefused() {
        registry.holds(
                ID,
                record(
                        REQUEST,
                        "{'name':'nothings','type':{'type':'array','items':'null'}}",
                        "{'name':'requestId','type':'string'}",
                        "{'name':'labels','type':{'type':'map','values':'string'}}"));
        for (long count : new long[] {1L << 31, Long.MAX_VALUE, 70_000, -(1L << 31), Long.MIN_VALUE, -70_000}) {
            assertRefused(
                    body(out -> {
                        out.writeLong(count);
                        out.writeLong(0);
                        out.writeLong(0);
                        out.writeString("r-1");
                        out.writeLong(0);
                    }),
                    "elements");
        }
        for (long length : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE, 100}) {
            assertRefused(
                    body(out -> {
                        out.writeLong(0);
                        out.writeLong(length);
                    }),
                    "ends before");
        }
        for (long length : new long[] {-1, Long.MIN_VALUE}) {
            assertRefused(
                    body(out -> {
                        out.writeLong(0);
                        out.writeLong(length);
                    }),
                    "below 0");
        }
    }

    @Test
    void manySmallBlocksCountTogether() {
        registry.holds(
                ID,
                record(
                        REQUEST,
                        "{'name':'nothings','type':{'type':'array','items':'null'}}",
                        "{'name':'requestId','type':'string'}"));

        assertRefused(
                body(out -> {
                    for (int i = 0; i < 1000; i++) {
                        out.writeLong(100);
                    }
                    out.writeLong(0);
                    out.writeString("r-1");
                }),
                "elements");
    }

    @Test
    void manySmallThingsInARequestAreRefusedAndThoseOfABatchAreNot() {
        var questions =
                Stream.generate(() -> new Question("", List.of())).limit(70_000).toList();
        var request = requestOf(new Vqa(questions));
        registry.holds(ID, InferenceRequest.getClassSchema().toString());
        registry.holds(8, MicroBatch.getClassSchema().toString());

        assertRefused(encoded(request), "more than 65536 elements");

        var batch = new MicroBatch("b", "lane", "bucket", "", Instant.EPOCH, new ArrayList<>(), false, "");
        var largest = requestOf(new Vqa(Stream.generate(() ->
                        new Question("q", Stream.generate(() -> "c").limit(256).toList()))
                .limit(64)
                .toList()));
        for (int i = 0; i < 32; i++) {
            batch.getItems()
                    .add(WorkItem.newBuilder()
                            .setRequest(largest)
                            .setAdmittedAt(Instant.EPOCH)
                            .build());
        }
        var read = serdes.deserializer(Topics.lanes().getFirst()).deserialize("t", wire(8, encoded(batch)));
        assertThat(read.getItems()).hasSize(32);
    }

    @Test
    void aTypeThatHoldsItselfIsFollowedOnlySoFar() {
        registry.holds(
                ID,
                record(
                        REQUEST,
                        "{'name':'list','type':{'type':'record','name':'Node','fields':[{'name':'next','type':['null','Node']}]}}",
                        "{'name':'requestId','type':'string'}"));

        assertThat(requests.deserialize("t", wire(body(out -> {
                            for (int i = 0; i < 50; i++) {
                                out.writeIndex(1);
                            }
                            out.writeIndex(0);
                            out.writeString("r-1");
                        })))
                        .getRequestId())
                .isEqualTo("r-1");
        assertRefused(
                body(out -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        out.writeIndex(1);
                    }
                }),
                "nested deeper");
    }

    @Test
    void everyBeginningOfARecordIsRefused() {
        registry.holds(ID, InferenceRequest.getClassSchema().toString());
        var good = encoded(requestOf(new Vqa(List.of(new Question("a dog?", List.of("yes", "no"))))));
        for (int length = 0; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length), "ends before");
        }
    }

    @Test
    void bytesBehindTheEndAreRefused() {
        registry.holds(ID, InferenceRequest.getClassSchema().toString());
        var good = encoded(requestOf(new Caption(12, null)));

        assertRefused(Arrays.copyOf(good, good.length + 3), "3 bytes more");
    }

    @Test
    void textThatIsNotUtf8IsRefusedAndAReplacementCharacterIsText() {
        registry.holds(ID, record(REQUEST, "{'name':'requestId','type':'string'}"));

        assertRefused(body(out -> out.writeBytes(new byte[] {'c', 'a', 'f', (byte) 0xe9})), "not UTF-8");
        assertThat(requests.deserialize("t", wire(body(out -> out.writeString("caf\ufffd"))))
                        .getRequestId())
                .isEqualTo("caf\ufffd");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void mutatedRecordsAreReadOrRefusedAndNothingElse(long seed) {
        registry.holds(ID, InferenceRequest.getClassSchema().toString());
        var random = new Random(seed);
        var seeds = List.of(
                encoded(requestOf(new Caption(12, "at night"))),
                encoded(requestOf(new Vqa(List.of(new Question("a dog?", List.of("yes", "no")))))),
                encoded(requestOf(new Generate("a red car", 2, 0, 0, 7L, 2.5, 20))));
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            var bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            refused += decoded(requests, bytes) ? 0 : 1;
        }
        assertThat(refused).isBetween(5_000, 19_999);
    }

    // What schemas may cost

    @Test
    void schemasThatAreNoneAreTheRecordsFault() {
        registry.holds(1, "syntax = \"proto3\"; message M {}")
                .holds(2, "{}")
                .holds(3, "")
                .holds(4, "[" + "{\"type\":\"array\",\"items\":".repeat(3000) + "\"null\"" + "}".repeat(3000) + "]")
                .holds(5, record(REQUEST, "{'name':'requestId','type':'string','doc':'" + "x".repeat(70_000) + "'}"))
                .holds(6, record(REQUEST, "{'name':'requestId','type':'com.example.Elsewhere'}"))
                .holdsAnswer(7, "{\"schema\":\"{}\",\"schemaType\":\"JSON\"}")
                .holdsAnswer(
                        8, "{\"schema\":\"{}\",\"references\":[{\"name\":\"a\",\"subject\":\"b\",\"version\":1}]}");
        for (int id = 1; id <= 8; id++) {
            var bytes = wire(id, new byte[1]);
            assertThatThrownBy(() -> requests.deserialize("t", bytes))
                    .as("schema %d", id)
                    .isInstanceOf(UndecodableRecordException.class)
                    .hasMessageContaining("schema " + id)
                    .hasMessageNotContainingAny("Exception", "java.", "org.apache");
        }
    }

    @Test
    void schemasWithoutEndAreForgottenAndAskedForAgain() {
        var filler = "x".repeat(60_000);
        for (int id = 1; id <= 100; id++) {
            registry.holds(id, record(REQUEST, "{'name':'requestId','type':'string','doc':'" + filler + "'}"));
        }
        var body = body(out -> out.writeString("r-1"));
        for (int id = 1; id <= 100; id++) {
            requests.deserialize("t", wire(id, body));
        }
        int once = registry.asked();
        requests.deserialize("t", wire(100, body));
        assertThat(registry.asked()).as("the last one is known").isEqualTo(once);
        requests.deserialize("t", wire(1, body));
        assertThat(registry.asked()).as("the first one is not").isEqualTo(once + 1);
    }

    @Test
    void aSchemaIsAskedForOnce() {
        registry.holds(ID, record(REQUEST, "{'name':'requestId','type':'string'}"))
                .holds(8, record("com.example.Order"));
        for (int i = 0; i < 5; i++) {
            decoded(requests, body(out -> out.writeString("r-1")));
            var other = wire(8, new byte[0]);
            assertThatThrownBy(() -> requests.deserialize("t", other)).hasMessageContaining("com.example.Order");
        }
        assertThat(registry.asked()).isEqualTo(2);
    }

    // Where the schema's id is

    @Test
    void theSchemasIdIsReadFromTheHeaderOfNewerSenders() {
        registry.holds(ID, InferenceRequest.getClassSchema().toString());
        var request = requestOf(new Caption(12, "at night"));
        var headers = new RecordHeaders();
        headers.add(WireFormat.HEADER, ByteBuffer.allocate(5).putInt(1, ID).array());

        assertThat(requests.deserialize("t", headers, encoded(request))).isEqualTo(request);
        assertThat(requests.deserialize("t", WireFormat.selfContained(headers, encoded(request))))
                .isEqualTo(request);
    }

    @Test
    void whatNamesItsSchemaInAWayThatIsNotReadIsToldWhatToSet() {
        var body = encoded(requestOf(new Caption(12, null)));
        var guid = new byte[17];
        guid[0] = 1;

        assertRefused(header(guid), body, "__value_schema_id", "value.schema.id.serializer");
        assertRefused(null, guid, "value.schema.id.serializer");
        assertRefused(header(new byte[] {0, 1}), body, "__value_schema_id");
        assertRefused(header(new byte[0]), body, "__value_schema_id");
        assertRefused(header(null), body, "__value_schema_id");
        assertRefused(null, new byte[0], "cannot be decoded");
        assertRefused(null, "{\"task\":\"caption\"}".getBytes(StandardCharsets.UTF_8), "cannot be decoded");
        assertRefused(null, new byte[] {0, 0, 0}, "cannot be decoded");
    }

    @Test
    void anIdThatNobodyRegisteredIsTheRecordsFaultAndIsAskedForAgain() {
        assertRefused(new byte[1], "schema 7", "does not have");
        registry.holds(ID, record(REQUEST, "{'name':'requestId','type':'string'}"));
        assertThat(decoded(requests, body(out -> out.writeString("r-1")))).isTrue();
    }

    @Test
    void allTopicsCanBeReadInTheirOwnSchema() {
        for (var topic : Topics.all()) {
            var schema = org.apache.avro.specific.SpecificData.get().getSchema(topic.valueType());
            registry.holds(ID, schema.toString());
            assertThat(decoded(serdes.deserializer(topic), body(schema, least(schema))))
                    .as(topic.name())
                    .isTrue();
        }
    }

    // Words

    /** @return whether it could be read; fails if anything but a sentence came of it */
    private static boolean decoded(Deserializer<?> by, byte[] body) {
        try {
            assertThat(by.deserialize("t", wire(body))).isInstanceOf(SpecificRecord.class);
            return true;
        } catch (UndecodableRecordException e) {
            assertThat(e.getMessage()).endsWith(".").doesNotContain("Exception", "java.lang", "org.apache");
            return false;
        }
    }

    private void assertRefused(byte[] body, String... named) {
        assertRefused(null, wire(body), named);
    }

    private void assertRefused(Headers headers, byte[] value, String... named) {
        assertThatThrownBy(() -> requests.deserialize("t", headers, value))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessageContainingAll(named)
                .hasMessageEndingWith(".")
                .hasMessageNotContainingAny("Exception", "java.lang", "org.apache");
    }

    private InferenceRequest read(Schema schema, Map<String, Object> fields) {
        return serdes.deserializer(Topics.REQUESTS).deserialize("t", wire(body(schema, request(schema, fields))));
    }

    private static Headers header(byte[] value) {
        return new RecordHeaders().add(WireFormat.HEADER, value);
    }

    private static GenericData.Record request(Schema schema, Map<String, Object> fields) {
        var all = new HashMap<String, Object>(Map.of("requestId", "r-1", "labels", Map.of("after", "the task")));
        all.putAll(fields);
        var builder = new GenericRecordBuilder(schema);
        all.forEach(builder::set);
        return builder.build();
    }

    private static InferenceRequest requestOf(Object task) {
        return InferenceRequest.newBuilder().setRequestId("r-1").setTask(task).build();
    }

    /** Only what has no default. */
    private static Object least(Schema schema) {
        return switch (schema.getType()) {
            case STRING -> "x";
            case ARRAY -> List.of();
            case INT -> 1;
            case LONG -> 1L;
            case DOUBLE -> 1.0;
            case BOOLEAN -> true;
            default -> {
                var builder = new GenericRecordBuilder(schema);
                schema.getFields().stream()
                        .filter(field -> !field.hasDefaultValue())
                        .forEach(field -> builder.set(field, least(field.schema())));
                yield builder.build();
            }
        };
    }

    /** A schema as it was before it had a field. */
    private static Schema without(Schema schema, String name) {
        var older = Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false);
        older.setFields(schema.getFields().stream()
                .filter(field -> !field.name().equals(name))
                .map(field -> new Schema.Field(field, field.schema()))
                .toList());
        return older;
    }

    /** A schema with the type of one field changed. */
    private static Schema with(Schema schema, String name, java.util.function.UnaryOperator<Schema> change) {
        var fields = schema.getFields().stream()
                .map(field -> new Schema.Field(
                        field.name(),
                        field.name().equals(name) ? change.apply(field.schema()) : field.schema(),
                        field.doc(),
                        field.name().equals(name) ? null : field.defaultVal()))
                .toList();
        var changed = Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false);
        changed.setFields(fields.stream()
                .map(field -> field.name().equals(name) && field.schema().isNullable()
                        ? new Schema.Field(
                                field.name(), nullFirst(field.schema()), field.doc(), Schema.Field.NULL_DEFAULT_VALUE)
                        : field)
                .map(field -> new Schema.Field(field, field.schema()))
                .toList());
        return changed;
    }

    private static Schema nullFirst(Schema union) {
        var branches = new ArrayList<>(union.getTypes());
        branches.sort(java.util.Comparator.comparing(branch -> branch.getType() != Schema.Type.NULL));
        return Schema.createUnion(branches);
    }

    private static String record(String name, String... fields) {
        int dot = name.lastIndexOf('.');
        return ("{'type':'record','name':'" + name.substring(dot + 1) + "','namespace':'" + name.substring(0, dot)
                        + "','fields':[" + String.join(",", fields) + "]}")
                .replace('\'', '"');
    }

    private interface Writing {
        void to(BinaryEncoder out) throws IOException;
    }

    private static byte[] body(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        var out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] body(Schema schema, Object record) {
        return body(out -> new GenericDatumWriter<>(schema).write(record, out));
    }

    private static byte[] encoded(SpecificRecord record) {
        return body(out -> new org.apache.avro.specific.SpecificDatumWriter<>(record.getSchema()).write(record, out));
    }

    private static byte[] wire(byte[] body) {
        return wire(ID, body);
    }

    private static byte[] wire(int id, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }
}
