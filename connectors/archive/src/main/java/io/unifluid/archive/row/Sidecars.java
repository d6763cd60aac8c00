package io.unifluid.archive.row;

import io.unifluid.client.PictureSigns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.Function;

/**
 * A file for each row, where its picture's name would be below the folder, with another extension: {@code a/b.png} has
 * {@code a/b.txt}. Pictures of one shard whose names differ in the extension alone keep it: {@code a/b.png.txt}. The
 * members of an archive lie in a folder of its name.
 */
final class Sidecars implements RowFormat.ShardWriter {
    /** Of a name, with what is written before it is whole. */
    private static final int LONGEST_NAME = 200;

    private final String extension;
    private final Function<Row, Optional<byte[]>> content;

    private Sidecars(String extension, Function<Row, Optional<byte[]>> content) {
        this.extension = extension;
        this.content = content;
    }

    static Sidecars text() {
        return new Sidecars(
                ".txt", row -> Words.of(row.columns()).map(words -> words.getBytes(StandardCharsets.UTF_8)));
    }

    static Sidecars json() {
        return new Sidecars(".json", row -> Optional.of(Row.json(row.columns())));
    }

    @Override
    public Optional<Path> write(Path folder, String name, RowFormat.Shard shard) throws IOException {
        var stems = new HashMap<String, Integer>();
        for (int index = 0; index < shard.count(); index++) {
            stems.merge(stem(place(shard.row(index))), 1, Integer::sum);
        }
        for (int index = 0; index < shard.count(); index++) {
            var row = shard.row(index);
            var written = content.apply(row);
            var place = place(row);
            var file = folder.resolve((stems.get(stem(place)) > 1 ? place : stem(place)) + extension)
                    .normalize();
            if (!file.startsWith(folder.normalize())) {
                throw new IOException("the name " + row.member() + " leads out of it");
            }
            if (written.isPresent()) {
                Files.createDirectories(file.getParent());
                WholeFile.write(file, out -> out.write(written.get()));
            }
        }
        return Optional.empty();
    }

    /** Below the folder. */
    private static String place(Row row) {
        var member = row.member();
        var file = row.position().file();
        if (row.position().ordinal() == 0) {
            return file.isEmpty() ? member : file;
        }
        var archive = file.isEmpty() ? last(row.columns().get("archive").asText()) : file;
        var whole = archive.replaceFirst("(?i)\\.(tar|tar\\.gz|tgz|zip|parquet|txt|csv|tsv)$", "");
        boolean plain = !member.isEmpty()
                && !member.contains("://")
                && !member.startsWith("/")
                && !("/" + member + "/").contains("/../")
                && last(member).getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
        return whole + "/" + (plain ? member : row.key());
    }

    private static String stem(String place) {
        return PictureSigns.extension(last(place))
                .map(extension -> place.substring(0, place.length() - extension.length() - 1))
                .orElse(place);
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
