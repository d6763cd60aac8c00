package io.unifluid.archive.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.unifluid.archive.row.RowFormat;
import io.unifluid.archive.row.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;

/** What is on the disk of a shard: its file, its statistics, and last its rows, which make it a finished one. */
final class ShardFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ShardFiles() {}

    /** Writes the shard; until the last of it is written, it is one that was never begun. */
    static void write(Destination destination, Shard shard, RowFormat format) throws IOException {
        var name = Destination.name(shard.number());
        var file = format.write(destination.folder(), name, shard);
        var hash = file.isPresent() ? sha256(file.get()) : "";
        var tally = shard.tally();
        statistics(destination, shard, tally, file);
        var head = new ShardRows.Head(
                shard.number(),
                shard.count(),
                tally.first(),
                tally.last(),
                file.map(Path::getFileName).map(Path::toString).orElse(""),
                hash);
        ShardRows.write(destination.rows(shard.number()), head, shard);
        destination.end(shard.number());
    }

    /** The shard as it was written, with its pictures where they will be needed. */
    static Shard again(Destination destination, int number, RowFormat format) throws IOException {
        var lines = new ArrayList<byte[]>();
        var keys = new java.util.HashMap<String, Integer>();
        try (var rows = ShardRows.open(destination.rows(number))) {
            for (var row = rows.next(); row != null; row = rows.next()) {
                keys.put(row.key(), lines.size());
                lines.add(row.line());
            }
        }
        var shard = Shard.of(number, lines, destination.held(number), destination.spool(number));
        var file = destination
                .folder()
                .resolve(Destination.name(number) + format.extension().orElse(""));
        if (format.wantsPictures() && Files.exists(file)) {
            RowFormat.pictures(file, (key, pictured) -> {
                if (keys.containsKey(key)) {
                    shard.keep(keys.get(key), pictured.bytes(), pictured.companions());
                }
            });
        }
        return shard;
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    private static void statistics(Destination destination, Shard shard, Tally tally, Optional<Path> file)
            throws IOException {
        var node = JsonNodeFactory.instance.objectNode().put("shard", shard.number());
        tally.into(node);
        node.put("written_at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        file.ifPresent(path -> node.put("file", path.getFileName().toString()));
        WholeFile.write(
                destination.folder().resolve(Destination.name(shard.number()) + "_stats.json"),
                out -> out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node)));
    }
}
