package io.unifluid.archive.row;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** One row group a shard, packed with Zstandard; lists are lists. */
final class ParquetShard implements RowFormat.ShardWriter {
    private static final MessageType SCHEMA = schema();

    @Override
    public Optional<Path> write(Path folder, String name, RowFormat.Shard shard) throws IOException {
        var file = folder.resolve(name + ".parquet");
        WholeFile.writeFile(file, unfinished -> {
            Files.deleteIfExists(unfinished);
            try (var writer = ExampleParquetWriter.builder(new LocalOutputFile(unfinished))
                    .withConf(new PlainParquetConfiguration())
                    .withType(SCHEMA)
                    .withCompressionCodec(CompressionCodecName.ZSTD)
                    .build()) {
                for (int index = 0; index < shard.count(); index++) {
                    writer.write(group(shard.row(index).columns()));
                }
            }
        });
        return Optional.of(file);
    }

    private static MessageType schema() {
        var message = Types.buildMessage();
        for (var column : Column.ALL) {
            message.addField(
                    switch (column.type()) {
                        case TEXT -> text(column.name());
                        case INTEGER -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
                        case DECIMAL -> decimal(column.name());
                        case TRUTH -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column.name());
                        case TIME ->
                            Types.optional(PrimitiveTypeName.INT64)
                                    .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MILLIS))
                                    .named(column.name());
                        case ANSWERS ->
                            Types.optionalList()
                                    .element(Types.optionalGroup()
                                            .addField(text("question"))
                                            .addField(text("answer"))
                                            .addField(decimal("log_probability"))
                                            .addField(Types.optionalList()
                                                    .element(Types.optionalGroup()
                                                            .addField(text("choice"))
                                                            .addField(decimal("score"))
                                                            .named("element"))
                                                    .named("scores"))
                                            .named("element"))
                                    .named(column.name());
                        case IMAGES ->
                            Types.optionalList()
                                    .element(Types.optionalGroup()
                                            .addField(text("file"))
                                            .addField(Types.optional(PrimitiveTypeName.INT64)
                                                    .named("seed"))
                                            .addField(Types.optional(PrimitiveTypeName.INT64)
                                                    .named("width"))
                                            .addField(Types.optional(PrimitiveTypeName.INT64)
                                                    .named("height"))
                                            .named("element"))
                                    .named(column.name());
                    });
        }
        return message.named("row");
    }

    private static org.apache.parquet.schema.Type text(String name) {
        return Types.optional(PrimitiveTypeName.BINARY)
                .as(LogicalTypeAnnotation.stringType())
                .named(name);
    }

    private static org.apache.parquet.schema.Type decimal(String name) {
        return Types.optional(PrimitiveTypeName.DOUBLE).named(name);
    }

    private static Group group(JsonNode columns) {
        var row = new SimpleGroup(SCHEMA);
        for (var column : Column.ALL) {
            var value = columns.get(column.name());
            if (value != null) {
                put(row, column, value);
            }
        }
        return row;
    }

    private static void put(Group row, Column column, JsonNode value) {
        switch (column.type()) {
            case TEXT -> row.add(column.name(), value.asText());
            case INTEGER -> row.add(column.name(), value.asLong());
            case DECIMAL -> row.add(column.name(), value.asDouble());
            case TRUTH -> row.add(column.name(), value.asBoolean());
            case TIME -> row.add(column.name(), Instant.parse(value.asText()).toEpochMilli());
            case ANSWERS -> {
                var list = row.addGroup(column.name());
                for (var answer : value) {
                    var element = list.addGroup("list").addGroup("element");
                    element.add("question", answer.get("question").asText());
                    element.add("answer", answer.get("answer").asText());
                    element.add("log_probability", answer.get("log_probability").asDouble());
                    var scores = element.addGroup("scores");
                    for (var score : answer.get("scores")) {
                        var one = scores.addGroup("list").addGroup("element");
                        one.add("choice", score.get("choice").asText());
                        one.add("score", score.get("score").asDouble());
                    }
                }
            }
            case IMAGES -> {
                var list = row.addGroup(column.name());
                for (var image : value) {
                    var element = list.addGroup("list").addGroup("element");
                    element.add("file", image.get("file").asText());
                    element.add("seed", image.get("seed").asLong());
                    element.add("width", image.get("width").asLong());
                    element.add("height", image.get("height").asLong());
                }
            }
        }
    }
}
