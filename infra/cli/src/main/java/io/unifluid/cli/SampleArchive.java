package io.unifluid.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.client.Answered;
import io.unifluid.client.Why;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pictures that come with the project, and the caption that is true of each.
 *
 * @param truth by file, in order
 */
record SampleArchive(Map<Path, String> truth) {
    static SampleArchive in(Path folder) {
        var json = new ObjectMapper();
        var truth = new LinkedHashMap<Path, String>();
        try {
            for (var line : Files.readAllLines(folder.resolve("truth.jsonl"))) {
                var scene = json.readTree(line);
                truth.put(
                        folder.resolve(scene.get("file").asText()),
                        scene.get("caption").asText());
            }
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "The sample archive " + folder + " cannot be read (" + Why.of(e)
                            + "): run the command from a complete checkout.",
                    e);
        }
        return new SampleArchive(truth);
    }

    int size() {
        return truth.size();
    }

    /** The first so many files, over and over when there are fewer. */
    List<Path> files(int count) {
        var all = List.copyOf(truth.keySet());
        var files = new ArrayList<Path>(count);
        for (int i = 0; i < count; i++) {
            files.add(all.get(i % all.size()));
        }
        return files;
    }

    /** Word for word. */
    boolean isRight(Answered done) {
        return done.caption()
                .map(caption -> caption.getText().equals(truth.get(done.file())))
                .orElse(false);
    }
}
