package io.unifluid.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.Answer;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.ResultError;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Timings;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.VqaOutput;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

final class FlattenResultTest {
    private static final String REGISTRY = "mock://flatten";
    private static final String TOPIC = Topics.RESULTS.name();

    private static FlattenResult<SinkRecord> transform(Map<String, String> settings) {
        var transform = new FlattenResult<SinkRecord>();
        transform.configure(settings);
        return transform;
    }

    private static FlattenResult<SinkRecord> transform() {
        return transform(Map.of("registry.url", REGISTRY, "answer.columns", "2"));
    }

    private static SinkRecord record(Object value) {
        return new SinkRecord(
                TOPIC,
                1,
                Schema.BYTES_SCHEMA,
                new byte[] {1},
                Schema.BYTES_SCHEMA,
                value,
                7,
                5L,
                TimestampType.CREATE_TIME);
    }

    private static InferenceResult.Builder result(ResultStatus status) {
        return InferenceResult.newBuilder()
                .setRequestId("id-1")
                .setTenant("archive")
                .setStatus(status)
                .setAttempts(2)
                .setModel(new ModelInfo("unifluid", "reference", "0.2.0", "cpu"))
                .setTimings(new Timings(1.5, 2.0, 3.0, 0.0, 4.0, 5.0, 6.0))
                .setSubmittedAt(Instant.ofEpochMilli(1_000))
                .setCompletedAt(Instant.ofEpochMilli(2_500))
                .setLabels(Map.of("archive.name", "/data", "archive.path", "a/b.png"));
    }

    private static Struct columns(InferenceResult result) {
        var bytes = AvroSerdes.of(REGISTRY).serializer(Topics.RESULTS).serialize(TOPIC, result);
        var flat = transform().apply(record(bytes));
        assertThat(flat.kafkaOffset()).isEqualTo(7);
        assertThat(flat.timestamp()).isEqualTo(5);
        var struct = (Struct) flat.value();
        struct.validate();
        assertThat(struct.schema().fields())
                .allMatch(field -> field.schema().type().isPrimitive());
        assertThat(struct.schema()).isEqualTo(flat.valueSchema());
        return struct;
    }

    @Test
    void aWorkerConfiguresItWithTheLoaderOfAnotherPluginAtHand() throws Exception {
        var urls = new ArrayList<URL>();
        for (var part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(part).toUri().toURL());
        }
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        try (var plugin = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            var type = plugin.loadClass(FlattenResult.class.getName());
            var transform = type.getConstructor().newInstance();
            assertThat(type).isNotEqualTo(FlattenResult.class);
            thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());

            type.getMethod("configure", Map.class).invoke(transform, Map.of("registry.url", REGISTRY));

            assertThat(thread.getContextClassLoader()).isEqualTo(ClassLoader.getPlatformClassLoader());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void aCaption() {
        var columns = columns(result(ResultStatus.SUCCEEDED)
                .setOutput(new CaptionOutput("an owl", -0.25, 4))
                .setDomain(0.75)
                .build());
        assertThat(columns.getString("request_id")).isEqualTo("id-1");
        assertThat(columns.getString("tenant")).isEqualTo("archive");
        assertThat(columns.getString("archive")).isEqualTo("/data");
        assertThat(columns.getString("path")).isEqualTo("a/b.png");
        assertThat(columns.getString("status")).isEqualTo("SUCCEEDED");
        assertThat(columns.getString("error_kind")).isNull();
        assertThat(columns.getString("caption")).isEqualTo("an owl");
        assertThat(columns.getFloat64("caption_log_probability")).isEqualTo(-0.25);
        assertThat(columns.getInt64("caption_tokens")).isEqualTo(4);
        assertThat(columns.getString("model")).isEqualTo("reference");
        assertThat(columns.getString("model_version")).isEqualTo("0.2.0");
        assertThat(columns.getBoolean("cache_hit")).isFalse();
        assertThat(columns.getFloat64("domain")).isEqualTo(0.75);
        assertThat(columns.getInt64("attempts")).isEqualTo(2);
        assertThat(columns.get("submitted_at")).isEqualTo(new Date(1_000));
        assertThat(columns.get("completed_at")).isEqualTo(new Date(2_500));
        assertThat(columns.getFloat64("queued_ms")).isEqualTo(1.5);
        assertThat(columns.getFloat64("inference_ms")).isEqualTo(5.0);
        assertThat(columns.getString("answers")).isNull();
        assertThat(columns.getString("labels")).contains("\"archive.path\":\"a/b.png\"");
    }

    @Test
    void answersAsJsonAndAsColumns() {
        var columns = columns(result(ResultStatus.SUCCEEDED)
                .setOutput(new VqaOutput(List.of(
                        new Answer("What?", "an owl", -1.0, List.of()),
                        new Answer(
                                "Red?", "no", -0.5, List.of(new ChoiceScore("yes", 0.2), new ChoiceScore("no", 0.8))),
                        new Answer("Third?", "yes", -0.1, List.of()))))
                .build());
        assertThat(columns.getString("answers"))
                .startsWith("[{\"question\":\"What?\",\"answer\":\"an owl\"")
                .contains("{\"choice\":\"no\",\"score\":0.8}")
                .contains("Third?");
        assertThat(columns.getString("question_2")).isEqualTo("Red?");
        assertThat(columns.getString("answer_2")).isEqualTo("no");
        assertThat(columns.getFloat64("answer_2_log_probability")).isEqualTo(-0.5);
        assertThat(columns.schema().field("answer_3")).isNull();
    }

    @Test
    void aFailure() {
        var columns = columns(result(ResultStatus.REJECTED)
                .setError(new ResultError("BAD_INPUT", "It is not a picture: give one."))
                .setModel(null)
                .setTimings(null)
                .build());
        assertThat(columns.getString("status")).isEqualTo("REJECTED");
        assertThat(columns.getString("error_kind")).isEqualTo("BAD_INPUT");
        assertThat(columns.getString("error_message")).isEqualTo("It is not a picture: give one.");
        assertThat(columns.getString("model")).isNull();
        assertThat(columns.getFloat64("queued_ms")).isNull();
        assertThat(columns.getString("answer_1")).isNull();
    }

    @Test
    void picturesThatWereMade() {
        var columns = columns(result(ResultStatus.SUCCEEDED)
                .setOutput(new ImagesOutput(List.of(
                        new GeneratedImage(
                                ImageRef.newBuilder().setUri("blob:sha256/ab").build(), 7L, 64, 32),
                        new GeneratedImage(
                                ImageRef.newBuilder()
                                        .setBytes(ByteBuffer.wrap(new byte[] {1}))
                                        .build(),
                                8L,
                                64,
                                32))))
                .build());
        assertThat(columns.getString("images"))
                .isEqualTo("[{\"file\":\"blob:sha256/ab\",\"seed\":7,\"width\":64,\"height\":32},"
                        + "{\"file\":\"\",\"seed\":8,\"width\":64,\"height\":32}]");
    }

    @Test
    void aRecordWithoutValueStays() {
        var tombstone = record(null);
        assertThat(transform().apply(tombstone)).isSameAs(tombstone);
    }

    @Test
    void whatIsNoResultIsTheRecordsError() {
        assertThatThrownBy(() -> transform().apply(record(new byte[] {1, 2, 3})))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("The record is no result");
        assertThatThrownBy(() -> transform().apply(record("decoded")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("set value.converter=org.apache.kafka.connect.converters.ByteArrayConverter");
    }

    @Test
    void aRegistryThatIsAwayMayPass() {
        var bytes = AvroSerdes.of(REGISTRY)
                .serializer(Topics.RESULTS)
                .serialize(TOPIC, result(ResultStatus.CANCELLED).build());
        assertThatThrownBy(() ->
                        transform(Map.of("registry.url", "http://127.0.0.1:1")).apply(record(bytes)))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("The schema registry cannot be reached");
    }
}
