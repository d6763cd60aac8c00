package io.unifluid.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.Column;
import io.unifluid.archive.row.Row;
import io.unifluid.client.Why;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * A result as columns: from the bytes on {@code unifluid.results} to a struct whose fields are all primitive, by the names
 * that the rows of {@code archive run} have. What is no result is an error of that record; a registry that is away is one
 * that may pass. A record without a value stays as it is.
 */
public final class FlattenResult<R extends ConnectRecord<R>> implements Transformation<R> {
    private static final String ANSWER_COLUMNS = "answer.columns";
    private static final int MOST_ANSWERS = 64;
    /** Of the rows, what only their run knows. */
    private static final Set<String> OF_A_RUN = Set.of("key", "archive", "path", "sha256", "bytes", "width", "height");

    private static final List<Column> COLUMNS = Column.ALL.stream()
            .filter(column ->
                    !OF_A_RUN.contains(column.name()) && !column.name().equals("request_id"))
            .toList();

    private static final ConfigDef DEF = RegistryConfig.define(new ConfigDef()
            .define(
                    ANSWER_COLUMNS,
                    Type.INT,
                    0,
                    Range.between(0, MOST_ANSWERS),
                    Importance.MEDIUM,
                    "Of so many answers, question, answer and log-probability as columns of their own, beside the column"
                            + " answers, which has them all as JSON."));

    private static final ObjectMapper LABELS = new ObjectMapper();

    private Deserializer<InferenceResult> results;
    private Schema schema;
    private int answers;

    @Override
    public String version() {
        return ImageArchiveConnector.versionOf(getClass());
    }

    @Override
    public ConfigDef config() {
        return DEF;
    }

    @Override
    public void configure(Map<String, ?> configs) {
        var config = new AbstractConfig(DEF, configs, false);
        answers = config.getInt(ANSWER_COLUMNS);
        schema = schema(answers);
        // A worker has the sink's plugin at hand here, where the registry's client would look for classes of its own.
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(getClass().getClassLoader());
        try {
            results = new AvroSerdes(RegistryConfig.of(config)).deserializer(Topics.RESULTS);
        } catch (IllegalArgumentException e) {
            throw new ConnectException(e.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public R apply(R record) {
        if (record.value() == null) {
            return record;
        }
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                schema,
                columns(result(record)),
                record.timestamp());
    }

    private InferenceResult result(R record) {
        try {
            return results.deserialize(record.topic(), bytes(record.value()));
        } catch (RegistryUnavailableException e) {
            throw RegistryErrors.refuses(e)
                    ? new ConnectException(e.getMessage(), e)
                    : new RetriableException(e.getMessage(), e);
        } catch (UndecodableRecordException e) {
            throw new DataException(
                    "The record is no result (" + Why.of(e) + "): is " + record.topic() + " a topic of results?", e);
        }
    }

    private static byte[] bytes(Object value) {
        return switch (value) {
            case byte[] bytes -> bytes;
            case ByteBuffer buffer -> {
                var bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                yield bytes;
            }
            default ->
                throw new DataException(
                        "The value has been decoded already: set value.converter=" + ImageArchiveConfig.BYTES + ".");
        };
    }

    private Struct columns(InferenceResult result) {
        var row = Row.of(
                        "",
                        new Item(Position.START, "", "", OptionalLong.empty(), new Content.Remote("")),
                        0,
                        Row.Picture.UNKNOWN,
                        result,
                        places(result))
                .columns();
        var struct = new Struct(schema)
                .put("request_id", result.getRequestId())
                .put("tenant", result.getTenant())
                .put("archive", result.getLabels().get("archive.name"))
                .put("path", result.getLabels().get("archive.path"))
                .put("labels", LABELS.valueToTree(result.getLabels()).toString());
        for (var column : COLUMNS) {
            var value = row.get(column.name());
            if (value != null && !value.isNull()) {
                struct.put(column.name(), value(column, value));
            }
        }
        var list = row.path("answers");
        for (int n = 1; n <= Math.min(answers, list.size()); n++) {
            var answer = list.get(n - 1);
            struct.put("question_" + n, answer.get("question").asText())
                    .put("answer_" + n, answer.get("answer").asText())
                    .put(
                            "answer_" + n + "_log_probability",
                            answer.get("log_probability").asDouble());
        }
        return struct;
    }

    /** Where the pictures of a result lie; those inside of it are nowhere else. */
    private static List<String> places(InferenceResult result) {
        return result.getOutput() instanceof ImagesOutput made
                ? made.getImages().stream()
                        .map(image -> image.getImage().getUri())
                        .map(uri -> uri == null ? "" : uri)
                        .toList()
                : List.of();
    }

    private static Object value(Column column, JsonNode value) {
        return switch (column.type()) {
            case TEXT -> value.asText();
            case INTEGER -> value.asLong();
            case DECIMAL -> value.asDouble();
            case TRUTH -> value.asBoolean();
            case TIME -> Date.from(Instant.parse(value.asText()));
            case ANSWERS, IMAGES -> value.toString();
        };
    }

    private static Schema schema(int answers) {
        var builder = SchemaBuilder.struct()
                .name("io.unifluid.result")
                .field("request_id", Schema.STRING_SCHEMA)
                .field("tenant", Schema.STRING_SCHEMA)
                .field("archive", Schema.OPTIONAL_STRING_SCHEMA)
                .field("path", Schema.OPTIONAL_STRING_SCHEMA);
        for (var column : COLUMNS) {
            builder.field(column.name(), schema(column));
        }
        builder.field("labels", Schema.OPTIONAL_STRING_SCHEMA);
        for (int n = 1; n <= answers; n++) {
            builder.field("question_" + n, Schema.OPTIONAL_STRING_SCHEMA)
                    .field("answer_" + n, Schema.OPTIONAL_STRING_SCHEMA)
                    .field("answer_" + n + "_log_probability", Schema.OPTIONAL_FLOAT64_SCHEMA);
        }
        return builder.build();
    }

    private static Schema schema(Column column) {
        return switch (column.type()) {
            case TEXT, ANSWERS, IMAGES -> Schema.OPTIONAL_STRING_SCHEMA;
            case INTEGER -> Schema.OPTIONAL_INT64_SCHEMA;
            case DECIMAL -> Schema.OPTIONAL_FLOAT64_SCHEMA;
            case TRUTH -> Schema.OPTIONAL_BOOLEAN_SCHEMA;
            case TIME -> Timestamp.builder().optional().build();
        };
    }

    @Override
    public void close() {
        if (results != null) {
            results.close();
        }
    }
}
