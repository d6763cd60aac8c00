package io.unifluid.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/** The pictures of infra/sample-archive with what is true about them. */
public final class SampleArchive {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SampleArchive() {}

    /**
     * One picture.
     *
     * @param caption the sentence that describes it
     * @param questions with their right answers
     */
    public record Scene(Path file, String caption, List<Asked> questions) {
        public byte[] bytes() {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A closed question and the choice that is right. */
    public record Asked(String question, String answer, List<String> choices) {}

    /** All scenes in the order of truth.jsonl. */
    public static List<Scene> scenes() {
        var folder = folder();
        try {
            return Files.readAllLines(folder.resolve("truth.jsonl")).stream()
                    .map(line -> scene(folder, line))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Scene scene(int index) {
        return scenes().get(index);
    }

    /** The archive's folder: found upwards from the working directory. */
    public static Path folder() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var folder = at.resolve("infra").resolve("sample-archive");
            if (Files.isReadable(folder.resolve("truth.jsonl"))) {
                return folder;
            }
        }
        throw new IllegalStateException(
                "No infra/sample-archive above " + Path.of("").toAbsolutePath() + ".");
    }

    private static Scene scene(Path folder, String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return new Scene(
                    folder.resolve(node.get("file").asText()),
                    node.get("caption").asText(),
                    StreamSupport.stream(node.get("questions").spliterator(), false)
                            .map(asked -> new Asked(
                                    asked.get("question").asText(),
                                    asked.get("answer").asText(),
                                    StreamSupport.stream(asked.get("choices").spliterator(), false)
                                            .map(JsonNode::asText)
                                            .toList()))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
