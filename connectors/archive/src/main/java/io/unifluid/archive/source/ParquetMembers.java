package io.unifluid.archive.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.client.Failure;
import io.unifluid.client.Why;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The rows of a Parquet file: pictures as bytes, as {@code datasets} writes them (a group of {@code bytes} and
 * {@code path}), or as URLs. Rows are numbered from 1. One row group's pictures, packed, are in memory.
 */
final class ParquetMembers implements Members {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BYTES = "bytes";
    private static final String PATH = "path";

    private final Origin origin;
    private final Urls urls;
    private final ParquetFileReader reader;
    private final MessageType wanted;
    private final Shape shape;
    private final long mostBytes = Runtime.getRuntime().maxMemory() / 3;
    private RecordReader<Group> rows;
    private long left;
    private long ordinal;
    private int group;
    private boolean ended;

    /** How a picture stands in a column. */
    private enum Shape {
        GROUP,
        BYTES,
        URL
    }

    private ParquetMembers(Origin origin, Urls urls, ParquetFileReader reader) {
        this.origin = origin;
        this.urls = urls;
        this.reader = reader;
        var schema = reader.getFileMetaData().getSchema();
        var column = column(schema);
        this.shape = shape(column)
                .orElseThrow(() -> new IllegalArgumentException(
                        Columns.unknown(origin.selection().column(), names(schema))));
        this.wanted = new MessageType(schema.getName(), column);
        reader.setRequestedSchema(wanted);
    }

    static ParquetMembers of(Origin origin, Urls urls) throws IOException, InterruptedException {
        var reader = ParquetFileReader.open(
                new LocalInputFile(origin.file().local()),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
        try {
            return new ParquetMembers(origin, urls, reader);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public Item next() {
        try {
            while (left == 0) {
                if (ended || group == reader.getRowGroups().size()) {
                    return null;
                }
                var tooLarge = nextGroup();
                if (tooLarge.isPresent()) {
                    return tooLarge.get();
                }
            }
            left--;
            ordinal++;
            return item(rows.read());
        } catch (IOException | RuntimeException e) {
            ended = true;
            left = 0;
            return origin.broken(
                    ordinal + 1,
                    "",
                    new Failure(
                            Failure.CORRUPT,
                            "The file is damaged after row " + ordinal + " (" + Why.of(e)
                                    + "): the rest of it was not read."));
        }
    }

    private Optional<Item> nextGroup() throws IOException {
        var block = reader.getRowGroups().get(group++);
        if (ordinal + block.getRowCount() <= origin.after()) {
            reader.skipNextRowGroup();
            ordinal += block.getRowCount();
            return Optional.empty();
        }
        long bytes = packed(block);
        if (bytes > mostBytes) {
            reader.skipNextRowGroup();
            ordinal += block.getRowCount();
            return Optional.of(origin.broken(
                    ordinal,
                    "",
                    new Failure(
                            Failure.TOO_LARGE,
                            "A row group of " + block.getRowCount() + " rows has " + (bytes >> 20)
                                    + " MiB of pictures, more than the " + (mostBytes >> 20)
                                    + " MiB that this can hold: write the file with smaller row groups.")));
        }
        PageReadStore pages = reader.readNextRowGroup();
        rows = new ColumnIOFactory().getColumnIO(wanted).getRecordReader(pages, new GroupRecordConverter(wanted));
        left = pages.getRowCount();
        while (ordinal < origin.after()) {
            rows.read();
            ordinal++;
            left--;
        }
        return Optional.empty();
    }

    private long packed(BlockMetaData block) {
        var name = wanted.getFields().getFirst().getName();
        return block.getColumns().stream()
                .filter(chunk -> chunk.getPath().toArray()[0].equals(name))
                .mapToLong(chunk -> chunk.getTotalSize())
                .sum();
    }

    private Item item(Group row) {
        var name = wanted.getFields().getFirst().getName();
        if (row.getFieldRepetitionCount(name) == 0) {
            return origin.broken(ordinal, "row " + ordinal, new Failure(Failure.EMPTY, "The row has no picture."));
        }
        return switch (shape) {
            case URL -> urls.item(origin, ordinal, row.getString(name, 0).strip());
            case BYTES -> picture("row " + ordinal, row.getBinary(name, 0).getBytes());
            case GROUP -> {
                var image = row.getGroup(name, 0);
                var path = image.getType().containsField(PATH) && image.getFieldRepetitionCount(PATH) > 0
                        ? image.getString(PATH, 0)
                        : "row " + ordinal;
                if (image.getFieldRepetitionCount(BYTES) > 0) {
                    yield picture(path, image.getBinary(BYTES, 0).getBytes());
                }
                yield path.matches("(?i)https?://.*")
                        ? urls.item(origin, ordinal, path)
                        : origin.broken(
                                ordinal,
                                path,
                                new Failure(
                                        Failure.UNREADABLE,
                                        "The row has no bytes, only the path: save the data set with the pictures in it."));
            }
        };
    }

    private Item picture(String member, byte[] bytes) {
        return origin.item(
                ordinal,
                member,
                OptionalLong.of(bytes.length),
                new Content.Bytes(() -> PictureBytes.checked(bytes), false));
    }

    private Type column(MessageType schema) {
        var names = names(schema);
        var asked = origin.selection().column();
        var name = asked.isPresent()
                ? asked.filter(names::contains)
                : features()
                        .filter(names::contains)
                        .or(() -> schema.getFields().stream()
                                .filter(field -> shape(field).equals(Optional.of(Shape.GROUP)))
                                .map(Type::getName)
                                .findFirst())
                        .or(() -> Columns.first(having(schema, Shape.BYTES), Columns.BYTES))
                        .or(() -> Columns.first(having(schema, Shape.URL), Columns.URLS));
        return schema.getType(name.orElseThrow(() -> new IllegalArgumentException(Columns.unknown(asked, names))));
    }

    /** The first column that {@code datasets} calls an image. */
    private Optional<String> features() {
        var about = reader.getFileMetaData().getKeyValueMetaData().get("huggingface");
        if (about == null) {
            return Optional.empty();
        }
        try {
            for (var feature : JSON.readTree(about).at("/info/features").properties()) {
                if (feature.getValue().path("_type").asText().equals("Image")) {
                    return Optional.of(feature.getKey());
                }
            }
        } catch (JsonProcessingException e) {
            // somebody else's note
        }
        return Optional.empty();
    }

    private static List<String> having(MessageType schema, Shape shape) {
        return schema.getFields().stream()
                .filter(field -> shape(field).equals(Optional.of(shape)))
                .map(Type::getName)
                .toList();
    }

    private static Optional<Shape> shape(Type field) {
        if (field.isRepetition(Type.Repetition.REPEATED)) {
            return Optional.empty();
        }
        if (!field.isPrimitive()) {
            var group = field.asGroupType();
            return group.containsField(BYTES) && binary(group.getType(BYTES))
                    ? Optional.of(Shape.GROUP)
                    : Optional.empty();
        }
        if (!binary(field)) {
            return Optional.empty();
        }
        return Optional.of(
                field.getLogicalTypeAnnotation() instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
                        ? Shape.URL
                        : Shape.BYTES);
    }

    private static boolean binary(Type field) {
        return field.isPrimitive() && field.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
    }

    private static List<String> names(MessageType schema) {
        return schema.getFields().stream().map(Type::getName).toList();
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            // it was read, and is not wanted any more
        }
    }
}
