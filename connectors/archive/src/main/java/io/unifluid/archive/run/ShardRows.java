package io.unifluid.archive.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.Row;
import io.unifluid.archive.row.WholeFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The rows of a finished shard as a run keeps them: a head, and a line for each, in the order of their places. */
final class ShardRows implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param file the shard's own, and empty where it has none
     * @param sha256 of that file
     */
    record Head(int shard, int count, Position first, Position last, String file, String sha256) {}

    private final InputStream in;
    private final Head head;

    private ShardRows(Path file) throws IOException {
        in = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16), 1 << 16);
        try {
            var node = JSON.readTree(line());
            head = new Head(
                    node.get("shard").asInt(),
                    node.get("count").asInt(),
                    position(node.get("first")),
                    position(node.get("last")),
                    node.get("file").asText(),
                    node.get("sha256").asText());
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e instanceof IOException io ? io : new IOException("its head cannot be read", e);
        }
    }

    static ShardRows open(Path file) throws IOException {
        return new ShardRows(file);
    }

    /** Writes them whole or not at all. */
    static void write(Path file, Head head, Shard shard) throws IOException {
        WholeFile.write(file, out -> {
            var packed = new GZIPOutputStream(out, 1 << 16) {
                {
                    def.setLevel(Deflater.BEST_SPEED);
                }
            };
            var node = JsonNodeFactory.instance
                    .objectNode()
                    .put("shard", head.shard())
                    .put("count", head.count())
                    .put("file", head.file())
                    .put("sha256", head.sha256());
            place(node.putArray("first"), head.first());
            place(node.putArray("last"), head.last());
            packed.write(JSON.writeValueAsBytes(node));
            packed.write('\n');
            for (int index = 0; index < shard.count(); index++) {
                packed.write(shard.line(index));
                packed.write('\n');
            }
            packed.finish();
        });
    }

    Head head() {
        return head;
    }

    /** Null at the end. */
    Row next() throws IOException {
        var line = line();
        return line.length == 0 ? null : Row.read(line);
    }

    private byte[] line() throws IOException {
        var line = new ByteArrayOutputStream(1024);
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.write(c);
        }
        return line.toByteArray();
    }

    private static Position position(JsonNode at) {
        return new Position(at.get(0).asInt(), at.get(1).asText(), at.get(2).asLong());
    }

    private static void place(com.fasterxml.jackson.databind.node.ArrayNode node, Position position) {
        node.add(position.source()).add(position.file()).add(position.ordinal());
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // it was read
        }
    }
}
