package io.unifluid.inference.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.HubFolder;
import io.unifluid.inference.hub.HubGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Folders of Hugging Face's models {@code ..ForImageClassification}: one graph {@code model}, the classes in {@code
 * id2label}, pictures prepared as {@link HubPictures} say.
 */
final class HubClassifier {
    private static final String KIND = "ForImageClassification";
    private static final String GRAPH = "model";
    private static final int MAX_BATCH = 32;

    private HubClassifier() {}

    static Optional<BundleDraft> draft(HubFolder folder) {
        if (folder.architectures().stream().noneMatch(name -> name.endsWith(KIND))) {
            return Optional.empty();
        }
        if (folder.config().path("problem_type").asText().equals("multi_label_classification")) {
            throw folder.refused(
                    "is a classifier of several labels at once (problem_type in config.json), and this build runs"
                            + " those of one label for each picture");
        }
        List<String> classes = classes(folder);
        HubGraph graph = folder.graph(GRAPH);
        BundleDraft draft = new BundleDraft(ImageClassifierFamily.FAMILY, ImageClassifierFamily.TASKS)
                .graph(ClassifierGraph.NAME, graph)
                .purpose("This classifier knows " + classes.size() + " classes of pictures and nothing else: it says"
                        + " which of the choices named in a question fits best, also where none fits.")
                .card("pictures", HubPictures.of(folder).sentence())
                .card("languages", "It reads no text: a choice is one of its classes' names.")
                .example("Which of these is it?", classes.subList(0, 2));
        ObjectNode manifest = draft.manifest();
        classes.forEach(manifest.putArray("classes")::add);
        manifest.put("output", "logits");
        manifest.putObject("limits").put("maxBatch", MAX_BATCH);
        HubPictures.of(folder).write(manifest.putObject("image"));
        return Optional.of(draft);
    }

    private static List<String> classes(HubFolder folder) {
        JsonNode labels = folder.config().path("id2label");
        TreeMap<Integer, String> byId = new TreeMap<>();
        try {
            labels.properties()
                    .forEach(entry -> byId.put(
                            Integer.valueOf(entry.getKey()), entry.getValue().asText()));
        } catch (NumberFormatException e) {
            throw folder.refused("has an id2label in config.json whose keys are not numbers; fetch it again");
        }
        if (byId.size() < 2 || byId.firstKey() != 0 || byId.lastKey() != byId.size() - 1) {
            throw folder.refused("does not name its classes from 0 on under id2label in config.json; fetch it again");
        }
        return new ArrayList<>(byId.values());
    }
}
