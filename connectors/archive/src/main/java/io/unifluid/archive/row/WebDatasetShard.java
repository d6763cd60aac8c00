package io.unifluid.archive.row;

import io.unifluid.archive.Item;
import io.unifluid.client.PictureSigns;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A sample for each row whose picture could be read, by the row's key: the picture, {@code txt} with the words and
 * {@code json} with the row; where the sample came with a member of that name, {@code unifluid.txt} and
 * {@code unifluid.json}. A row without a picture has its {@code json} alone.
 */
final class WebDatasetShard implements RowFormat.ShardWriter {
    @Override
    public Optional<Path> write(Path folder, String name, RowFormat.Shard shard) throws IOException {
        var file = folder.resolve(name + ".tar");
        WholeFile.write(file, out -> writeTo(out, shard));
        return Optional.of(file);
    }

    private static void writeTo(OutputStream out, RowFormat.Shard shard) throws IOException {
        var tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        for (int index = 0; index < shard.count(); index++) {
            var row = shard.row(index);
            var pictured = shard.picture(index);
            var members = new ArrayList<Item.Companion>();
            var taken = new HashSet<String>();
            pictured.ifPresent(picture -> {
                members.add(new Item.Companion(extension(row), picture.bytes()));
                picture.companions().forEach(companion -> {
                    if (taken.add(companion.extension())) {
                        members.add(companion);
                    }
                });
            });
            Words.of(row.columns())
                    .ifPresent(words -> members.add(own(taken, "txt", words.getBytes(StandardCharsets.UTF_8))));
            members.add(own(taken, "json", Row.json(row.columns())));
            put(tar, row.key(), members);
        }
        tar.finish();
        tar.flush();
    }

    /** The pictures of a shard that this has written, with what their samples had before. */
    static void read(Path file, RowFormat.PictureSink sink) throws IOException {
        try (var tar = new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(file)), "UTF-8")) {
            var key = "";
            var members = new LinkedHashMap<String, byte[]>();
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                int dot = entry.getName().indexOf('.');
                var of = entry.getName().substring(0, dot);
                if (!of.equals(key)) {
                    hand(key, members, sink);
                    members.clear();
                    key = of;
                }
                members.put(entry.getName().substring(dot + 1), tar.readAllBytes());
            }
            hand(key, members, sink);
        }
    }

    private static void hand(String key, LinkedHashMap<String, byte[]> members, RowFormat.PictureSink sink)
            throws IOException {
        for (var own : List.of("txt", "json")) {
            if (members.remove("unifluid." + own) == null) {
                members.remove(own);
            }
        }
        var rest = new ArrayList<Item.Companion>();
        members.forEach((extension, bytes) -> rest.add(new Item.Companion(extension, bytes)));
        if (!rest.isEmpty()) {
            var picture = rest.removeFirst();
            sink.take(key, new RowFormat.Pictured(picture.bytes(), rest));
        }
    }

    private static Item.Companion own(HashSet<String> taken, String extension, byte[] bytes) {
        return new Item.Companion(taken.contains(extension) ? "unifluid." + extension : extension, bytes);
    }

    private static String extension(Row row) {
        var name = row.member().substring(row.member().lastIndexOf('/') + 1);
        return PictureSigns.named(name) ? PictureSigns.extension(name).orElse("jpg") : "jpg";
    }

    private static void put(TarArchiveOutputStream tar, String key, List<Item.Companion> members) throws IOException {
        for (var member : members) {
            var entry = new TarArchiveEntry(key + "." + member.extension());
            entry.setSize(member.bytes().length);
            entry.setModTime(0);
            entry.setUserName("");
            entry.setGroupName("");
            tar.putArchiveEntry(entry);
            tar.write(member.bytes());
            tar.closeArchiveEntry();
        }
    }
}
