package io.unifluid.archive.row;

import io.unifluid.archive.Item;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the rows of a shard are written. */
public enum RowFormat {
    JSONL(new JsonLinesShard()),
    CSV(new CsvShard()),
    PARQUET(new ParquetShard()),
    /** A text file beside each picture, or where its name would be: the caption, or the answers line by line. */
    TXT(Sidecars.text()),
    /** Likewise the whole row. */
    JSON(Sidecars.json()),
    /** Tar files of samples: picture, caption and row, and whatever else the sample had. */
    WEBDATASET(new WebDatasetShard());

    private final ShardWriter writer;

    RowFormat(ShardWriter writer) {
        this.writer = writer;
    }

    /** The rows of one shard, and what they are written with. */
    public interface Shard {
        int count();

        Row row(int index) throws IOException;

        /** Its columns as one JSON object, without an end of line. */
        byte[] json(int index) throws IOException;

        /** The bytes of its picture; empty where it could not be read. Only where {@link #wantsPictures}. */
        Optional<Pictured> picture(int index) throws IOException;
    }

    /** A picture with the rest of its sample. */
    public record Pictured(byte[] bytes, List<Item.Companion> companions) {}

    /** Writes a shard, so that it is there whole or not at all. */
    interface ShardWriter {
        /**
         * @param folder where all shards lie
         * @param name of the shard, without an extension
         * @return the shard's own file, where it has one
         * @throws IOException when the folder does not take it
         */
        Optional<Path> write(Path folder, String name, Shard shard) throws IOException;
    }

    /** Takes the pictures of a shard that was written. */
    @FunctionalInterface
    public interface PictureSink {
        void take(String key, Pictured picture) throws IOException;
    }

    /** The pictures of a shard whose format has them in it. */
    public static void pictures(Path shard, PictureSink sink) throws IOException {
        WebDatasetShard.read(shard, sink);
    }

    /** Whether the pictures' bytes are needed when a shard is written. */
    public boolean wantsPictures() {
        return this == WEBDATASET;
    }

    /** Whether what is written lies among pictures as if it belonged to them. */
    public boolean besidePictures() {
        return this == TXT || this == JSON;
    }

    /** How a shard's file ends; empty where there is none. */
    public Optional<String> extension() {
        return switch (this) {
            case JSONL -> Optional.of(".jsonl");
            case CSV -> Optional.of(".csv");
            case PARQUET -> Optional.of(".parquet");
            case WEBDATASET -> Optional.of(".tar");
            case TXT, JSON -> Optional.empty();
        };
    }

    /** Writes the shard whole or not at all, over what an earlier try has left. */
    public Optional<Path> write(Path folder, String name, Shard shard) throws IOException {
        return writer.write(folder, name, shard);
    }

    /** @throws IllegalArgumentException one sentence that names those that there are */
    public static RowFormat named(String name) {
        return Stream.of(values())
                .filter(format -> format.toString().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no format '" + name + "': give one of "
                        + Stream.of(values()).map(RowFormat::toString).collect(Collectors.joining(", ")) + "."));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
