package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WireFormat;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.DeadLetter;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.TestClient;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real registry behind a password, in which anybody has registered what he likes; and one that refuses. */
final class RegistryIT {
    private static LocalBroker broker;
    private static LocalRegistry registry;
    private static GuardedRegistry streamsDoor;
    private static GuardedRegistry workerDoor;
    private static StreamsAppRunner streams;
    private static WorkerRunner worker;
    private static TestClient client;

    @TempDir
    static Path scratch;

    @BeforeAll
    static void start() throws Exception {
        broker = LocalBroker.startWithTopics();
        registry = LocalRegistry.start();
        streamsDoor = GuardedRegistry.before(registry.url());
        workerDoor = GuardedRegistry.before(registry.url());
        streams = new StreamsAppRunner(streamsSettings(GuardedRegistry.USER_INFO)).start();
        worker = new WorkerRunner(workerSettings(GuardedRegistry.USER_INFO));
        worker.start();
        assertThat(streams.awaitReady(Await.PATIENCE)).isTrue();
        assertThat(worker.awaitReady(Await.PATIENCE)).isTrue();
        client = TestClient.connect(broker, registry);
        client.send(Requests.generate("first", "a fox", 1).build());
        assertThat(client.await("first", Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable each :
                new AutoCloseable[] {client, worker, streams, streamsDoor, workerDoor, registry, broker}) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void wrongCredentialsStopTheStartWithTheTrueReason() {
        assertThatThrownBy(() -> new StreamsAppRunner(streamsSettings("me:wrong")).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HTTP 401")
                .hasMessageContaining("registry.basic.auth.user.info");
        try (var other = new WorkerRunner(workerSettings("me:wrong").withWorker("other"))) {
            assertThatThrownBy(other::start)
                    .isInstanceOf(WorkerStartException.class)
                    .hasMessageContaining("HTTP 401")
                    .hasMessageContaining("registry.basic.auth.user.info");
        }
    }

    @Test
    void theIdOfTheSchemaMayTravelInAHeader() {
        var wire = client.bytes(Requests.generate("header-id", "a fox", 5).build());
        var body = Arrays.copyOfRange(wire, 5, wire.length);
        var id = Arrays.copyOf(wire, 5);
        var guid = new byte[17];
        guid[0] = 1;

        send("header-id", body, Map.of(WireFormat.HEADER, id));
        send("header-guid", body, Map.of(WireFormat.HEADER, guid));

        assertThat(client.await("header-id", Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        assertThat(reasonOf("header-guid")).contains("GUID").contains("value.schema.id.serializer");
    }

    @Test
    void aTaskThatThisVersionDoesNotKnowIsRejectedAsThat() {
        var translate = Schema.createRecord("Translate", "A fifth task.", "io.unifluid.schemas", false);
        translate.setFields(List.of(new Schema.Field("text", Schema.create(Schema.Type.STRING), "What.")));
        var newer = withTask(translate);
        int id = register(Topics.REQUESTS.name() + "-value", newer);
        var task = new GenericRecordBuilder(translate).set("text", "to German").build();
        var request = new GenericRecordBuilder(newer)
                .set("requestId", "translate-1")
                .set("tenant", Requests.TENANT)
                .set("task", task)
                .build();

        send("translate-1", framed(id, encoded(newer, request)), Map.of());

        var result = client.await("translate-1", Await.PATIENCE);
        assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
        assertThat(result.getError().getKind()).isEqualTo("UNKNOWN_TASK");
    }

    @Test
    void aSchemaThatNamesAClassOfTheJdkBuildsNothing() throws IOException {
        var precious = Files.writeString(scratch.resolve("precious"), "do not touch");
        var path = Schema.create(Schema.Type.STRING);
        path.addProp("java-class", "java.util.Formatter");
        int bare = register("anybodys-1", path);
        var record = Schema.createRecord("InferenceRequest", "", "io.unifluid.schemas", false);
        var id = Schema.create(Schema.Type.STRING);
        id.addProp("java-class", "java.util.Formatter");
        record.setFields(List.of(new Schema.Field("requestId", id, "")));
        int inRecord = register("anybodys-2", record);
        var text = encoded(Schema.create(Schema.Type.STRING), precious.toString());

        for (var topic : List.of(
                Topics.REQUESTS,
                Topics.CONTROLS,
                Topics.OUTCOMES,
                Topics.lanes().getFirst())) {
            client.send(topic.name(), "formatter-" + topic.name(), framed(bare, text), Map.of());
            client.send(topic.name(), precious.toString(), framed(inRecord, text), Map.of());
        }
        client.send(Requests.generate("after-formatter", "a fox", 3).build());

        assertThat(client.await("after-formatter", Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        assertThat(reasonOf("formatter-" + Topics.REQUESTS.name()))
                .contains("string")
                .contains("io.unifluid.schemas.InferenceRequest");
        assertThat(reasonOf("formatter-" + Topics.lanes().getFirst().name())).contains("MicroBatch");
        assertThat(precious).hasContent("do not touch");
    }

    @Test
    void aWorkerWhoseRegistryRefusesSaysSoAndLosesNothing() throws Exception {
        int letters = client.deadLetters().size();
        int port = FreePorts.take(1)[0];
        var fresh = new WorkerRunner(
                workerSettings(GuardedRegistry.USER_INFO).withWorker("fresh").withHttpPort(port));
        worker.close(); // So that its successor, who has not seen a batch, gets the next one.
        worker = fresh;
        fresh.start();
        assertThat(fresh.awaitReady(Await.PATIENCE)).isTrue();
        for (int status : new int[] {401, 403, 503}) {
            workerDoor.refuseEverybody(status);
            var id = "refused-" + status;
            client.send(Requests.generate(id, "a fox", status).build());
            if (status == 401) { // Later ones find the schema known.
                Await.until(
                        "the worker to say why it waits",
                        () -> ready(port).statusCode() == 503
                                && ready(port).body().contains("HTTP 401"));
                assertThat(client.resultsOf(id)).isEmpty();
            }
            workerDoor.refuseEverybody(0);
            assertThat(client.await(id, Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
            assertThat(ready(port).statusCode()).as(ready(port).body()).isEqualTo(200);
        }
        assertThat(client.deadLetters()).hasSize(letters);
    }

    @Test
    void aRegistryThatRefusesTheStreamsAppCostsNoRequest() {
        int letters = client.deadLetters().size();
        var newer = withField("mood");
        int id = register(Topics.REQUESTS.name() + "-value", newer);
        streamsDoor.refuseEverybody(403);
        for (int i = 0; i < 3; i++) {
            var request = new GenericRecordBuilder(newer)
                    .set("requestId", "newer-" + i)
                    .set("tenant", Requests.TENANT)
                    .set("task", Generate.newBuilder().setPrompt("a fox").build())
                    .build();
            send("newer-" + i, framed(id, encoded(newer, request)), Map.of());
        }
        Await.until(
                "a thread to meet the refusal",
                () -> streams.meters().counter("unifluid.thread.failures").count() > 0);
        streamsDoor.refuseEverybody(0);

        for (int i = 0; i < 3; i++) {
            assertThat(client.await("newer-" + i, Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        }
        assertThat(client.deadLetters()).hasSize(letters);
    }

    private static StreamsSettings streamsSettings(String userInfo) {
        return StreamsSettings.of(Map.of(
                "bootstrap-servers",
                broker.bootstrapServers(),
                "registry-url",
                streamsDoor.url(),
                "registry.basic.auth.credentials.source",
                "USER_INFO",
                "registry.basic.auth.user.info",
                userInfo,
                "registry.max.retries",
                "0",
                "state-dir",
                scratch.resolve("state").toString()));
    }

    private static WorkerSettings workerSettings(String userInfo) {
        var settings = WorkerSettings.of(
                broker.bootstrapServers(),
                workerDoor.url(),
                "noop",
                scratch.resolve("blobs").toString());
        return settings.withKafka(settings.kafka()
                .withRegistry(Map.of(
                        "basic.auth.credentials.source",
                        "USER_INFO",
                        "basic.auth.user.info",
                        userInfo,
                        "max.retries",
                        "0")));
    }

    private static HttpResponse<String> ready(int port) {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ready"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Our request's schema with one more task. */
    private static Schema withTask(Schema task) {
        return changed(field -> {
            if (!field.name().equals("task")) {
                return new Schema.Field(field, field.schema());
            }
            var branches = new ArrayList<>(field.schema().getTypes());
            branches.add(2, task);
            return new Schema.Field(field, Schema.createUnion(branches));
        });
    }

    /** Our request's schema with one more field. */
    private static Schema withField(String name) {
        var ours = changed(field -> new Schema.Field(field, field.schema()));
        var fields = new ArrayList<Schema.Field>();
        fields.add(new Schema.Field(name, Schema.create(Schema.Type.STRING), "New.", "good"));
        ours.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        return record(fields);
    }

    private static Schema changed(UnaryOperator<Schema.Field> change) {
        return record(InferenceRequest.getClassSchema().getFields().stream()
                .map(change)
                .toList());
    }

    private static Schema record(List<Schema.Field> fields) {
        var ours = InferenceRequest.getClassSchema();
        var schema = Schema.createRecord(ours.getName(), ours.getDoc(), ours.getNamespace(), false);
        schema.setFields(fields);
        return schema;
    }

    private static int register(String subject, Schema schema) {
        try (var known = new CachedSchemaRegistryClient(registry.url(), 10)) {
            return known.register(subject, new AvroSchema(schema));
        } catch (IOException | RestClientException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(Schema schema, Object value) {
        try {
            var bytes = new ByteArrayOutputStream();
            var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<>(schema).write(value, encoder);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] framed(int id, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }

    private static void send(String key, byte[] value, Map<String, byte[]> headers) {
        var record = new ProducerRecord<>(Topics.REQUESTS.name(), key.getBytes(StandardCharsets.UTF_8), value);
        headers.forEach(record.headers()::add);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record);
        }
    }

    private static String reasonOf(String key) {
        Await.until("the dead letter of " + key, () -> letters(key).findAny().isPresent());
        return letters(key).findFirst().orElseThrow().headers().get(RecordHeaders.DLQ_REASON);
    }

    private static Stream<DeadLetter> letters(String key) {
        return client.deadLetters().stream()
                .filter(letter -> key.equals(new String(letter.key(), StandardCharsets.UTF_8)));
    }
}
