package io.unifluid.archive.row;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.archive.Item;
import io.unifluid.archive.Position;
import io.unifluid.client.Failure;
import io.unifluid.pdq.PdqHash;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.VqaOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a run knows of one item: its row, and where it stands in the archive.
 *
 * @param size of the picture as the archive said it, before it was read; -1 where it did not
 * @param tries how often its request was made anew, from 0
 * @param columns the row, by {@link Column}
 */
public record Row(Position position, long size, int tries, ObjectNode columns) {
    /** Nothing was sent. */
    public static final String NOT_SENT = "NOT_SENT";

    private static final String NEAR_DUPLICATE_OF = "near_duplicate_of";
    /** What says something of the picture itself. */
    private static final Set<String> OWN =
            Set.of("key", "archive", "path", "sha256", "bytes", "width", "height", "pdq", NEAR_DUPLICATE_OF);

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Where the row begins in its line; within a string its quotes would have backslashes before them. */
    private static final byte[] COLUMNS = ",\"row\":".getBytes(StandardCharsets.UTF_8);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /**
     * What was found out about a picture before it was sent.
     *
     * @param look where it was asked for, and has enough structure to be compared
     */
    public record Picture(Optional<String> sha256, long bytes, Optional<PictureSize> size, Optional<PdqHash> look) {
        public static final Picture UNKNOWN = new Picture(Optional.empty(), -1, Optional.empty(), Optional.empty());
    }

    /** Of what cannot be sent. */
    public static Row unsent(String key, Item item, int tries, Picture picture, Failure failure) {
        var row = begun(key, item, picture);
        row.put("status", NOT_SENT);
        error(row, failure);
        return new Row(item.position(), item.size().orElse(-1), tries, row);
    }

    /**
     * Of what has its result.
     *
     * @param images the files that pictures of the result were written to
     */
    public static Row of(
            String key, Item item, int tries, Picture picture, InferenceResult result, List<String> images) {
        var row = begun(key, item, picture);
        boolean succeeded = result.getStatus() == ResultStatus.SUCCEEDED && result.getOutput() != null;
        row.put("status", result.getStatus().toString());
        if (!succeeded) {
            error(row, Failure.of(result));
        }
        switch (result.getOutput()) {
            case CaptionOutput caption ->
                row.put("caption", caption.getText())
                        .put("caption_log_probability", caption.getLogProbability())
                        .put("caption_tokens", caption.getTokens());
            case VqaOutput vqa -> {
                var answers = row.putArray("answers");
                for (var answer : vqa.getAnswers()) {
                    var scores = answers.addObject()
                            .put("question", answer.getQuestion())
                            .put("answer", answer.getText())
                            .put("log_probability", answer.getLogProbability())
                            .putArray("scores");
                    answer.getScores()
                            .forEach(score -> scores.addObject()
                                    .put("choice", score.getChoice())
                                    .put("score", score.getScore()));
                }
            }
            case ImagesOutput made -> {
                var list = row.putArray("images");
                for (int at = 0; at < made.getImages().size(); at++) {
                    var image = made.getImages().get(at);
                    list.addObject()
                            .put("file", images.get(at))
                            .put("seed", image.getSeed())
                            .put("width", image.getWidth())
                            .put("height", image.getHeight());
                }
            }
            case null, default -> {}
        }
        if (result.getModel() != null) {
            row.put("model", result.getModel().getName())
                    .put("model_version", result.getModel().getVersion())
                    .put("device", result.getModel().getDevice());
        }
        if (result.getDomain() != null) {
            row.put("domain", result.getDomain());
        }
        row.put("cache_hit", result.getCacheHit())
                .put("attempts", result.getAttempts())
                .put("request_id", result.getRequestId())
                .put("submitted_at", time(result.getSubmittedAt()))
                .put("completed_at", time(result.getCompletedAt()));
        if (result.getTimings() != null) {
            var t = result.getTimings();
            row.put("queued_ms", t.getQueued())
                    .put("batch_wait_ms", t.getBatchWait())
                    .put("lane_wait_ms", t.getLaneWait())
                    .put("fetch_ms", t.getFetch())
                    .put("preprocess_ms", t.getPreprocess())
                    .put("inference_ms", t.getInference())
                    .put("publish_ms", t.getPublish());
        }
        return new Row(item.position(), item.size().orElse(-1), tries, row);
    }

    /** Of a picture that looks like another one's: what that one's row says of the answer. */
    public static Row like(Row other, String key, Item item, int tries, Picture picture) {
        var row = begun(key, item, picture);
        row.put(NEAR_DUPLICATE_OF, other.key());
        other.columns.properties().forEach(column -> {
            if (!OWN.contains(column.getKey())) {
                row.set(column.getKey(), column.getValue());
            }
        });
        return new Row(item.position(), item.size().orElse(-1), tries, row);
    }

    public String key() {
        return columns.get("key").asText();
    }

    public String member() {
        return columns.get("path").asText();
    }

    public String status() {
        return columns.get("status").asText();
    }

    public boolean succeeded() {
        return !columns.has("error_kind");
    }

    /** How it looks, where that was asked for. */
    public Optional<PdqHash> look() {
        return Optional.ofNullable(columns.get("pdq")).flatMap(hash -> PdqHash.parse(hash.asText()));
    }

    /** Whether the answer is that of a picture that looks the same. */
    public boolean nearDuplicate() {
        return columns.has(NEAR_DUPLICATE_OF);
    }

    /** Empty where it succeeded. */
    public Optional<String> errorKind() {
        return Optional.ofNullable(columns.get("error_kind")).map(kind -> kind.asText());
    }

    public Optional<String> requestId() {
        return Optional.ofNullable(columns.get("request_id")).map(id -> id.asText());
    }

    /** One line of JSON, without its end. */
    public byte[] line() {
        var line = JsonNodeFactory.instance.objectNode();
        line.putArray("at").add(position.source()).add(position.file()).add(position.ordinal());
        line.put("size", size).put("tries", tries).set("row", columns);
        return json(line);
    }

    /** @throws IOException when it is no such line */
    public static Row read(byte[] line) throws IOException {
        var node = JSON.readTree(line);
        if (node == null || !(node.get("row") instanceof ObjectNode columns)) {
            throw new IOException("it has a line that is no row");
        }
        var at = node.get("at");
        return new Row(
                new Position(at.get(0).asInt(), at.get(1).asText(), at.get(2).asLong()),
                node.get("size").asLong(),
                node.get("tries").asInt(),
                columns);
    }

    /** The row alone of such a line, as it is written there. */
    public static byte[] columns(byte[] line) throws IOException {
        for (int at = 0; at + COLUMNS.length < line.length; at++) {
            if (Arrays.equals(line, at, at + COLUMNS.length, COLUMNS, 0, COLUMNS.length)) {
                return Arrays.copyOfRange(line, at + COLUMNS.length, line.length - 1);
            }
        }
        throw new IOException("it has a line that is no row");
    }

    static byte[] json(ObjectNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode begun(String key, Item item, Picture picture) {
        var row = JsonNodeFactory.instance.objectNode();
        row.put("key", key).put("archive", item.archive()).put("path", item.member());
        picture.sha256().ifPresent(hash -> row.put("sha256", hash));
        if (picture.bytes() >= 0) {
            row.put("bytes", picture.bytes());
        }
        picture.size().ifPresent(size -> row.put("width", size.width()).put("height", size.height()));
        picture.look().ifPresent(look -> row.put("pdq", look.hex()));
        return row;
    }

    private static void error(ObjectNode row, Failure failure) {
        row.put("error_kind", failure.kind()).put("error_message", failure.message());
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }
}
