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
 * id2label}, how pictures are prepared in {@code preprocessor_config.json}.
 */
final class HubClassifier {
    private static final String KIND = "ForImageClassification";
    private static final String PROCESSOR = "preprocessor_config.json";
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
                .card("pictures", "Resized to " + side(folder, "height") + "x" + side(folder, "width") + " px.")
                .card("languages", "It reads no text: a choice is one of its classes' names.")
                .example("Which of these is it?", classes.subList(0, 2));
        ObjectNode manifest = draft.manifest();
        classes.forEach(manifest.putArray("classes")::add);
        manifest.put("output", "logits");
        manifest.putObject("limits").put("maxBatch", MAX_BATCH);
        image(folder, manifest.putObject("image"));
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

    /** As transformers' image processors read it. */
    private static void image(HubFolder folder, ObjectNode image) {
        JsonNode processor = folder.needed(PROCESSOR);
        if (processor.path("do_center_crop").asBoolean(false)
                || processor.path("size").has("shortest_edge")
                || processor.has("crop_pct")) {
            throw folder.refused("cuts the middle out of pictures (" + PROCESSOR
                    + "), and this build stretches them to the classifier's size");
        }
        image.put("width", side(folder, "width"))
                .put("height", side(folder, "height"))
                .put("fit", "stretch");
        image.put(
                "resampling",
                switch (processor.path("resample").asInt(2)) {
                    case 1 -> "lanczos";
                    case 2 -> "bilinear";
                    case 3 -> "bicubic";
                    default ->
                        throw folder.refused("resizes pictures in a way (resample " + processor.path("resample")
                                + " in " + PROCESSOR + ") that this build does not; it knows 1, 2 and 3");
                });
        // (x * factor - offset - mean) / std, of x from 0 to 255; here (x / 255 - mean) / std.
        double factor = processor.path("do_rescale").asBoolean(true)
                ? processor.path("rescale_factor").asDouble(1 / 255.0)
                : 1;
        double offset = processor.path("rescale_offset").asBoolean(false) ? 1 : 0;
        boolean normalises = processor.path("do_normalize").asBoolean(true);
        var mean = image.putArray("mean");
        var std = image.putArray("std");
        for (int channel = 0; channel < 3; channel++) {
            double theirMean = normalises ? number(folder, processor, "image_mean", channel) : 0;
            double theirStd = normalises ? number(folder, processor, "image_std", channel) : 1;
            mean.add((offset + theirMean) / (255 * factor));
            std.add(theirStd / (255 * factor));
        }
    }

    private static int side(HubFolder folder, String name) {
        JsonNode size = folder.needed(PROCESSOR).path("size");
        int side = size.isObject() ? size.path(name).asInt() : size.asInt();
        if (side < 1) {
            throw folder.refused("does not say in " + PROCESSOR + " which size its pictures have (size." + name + ")");
        }
        return side;
    }

    private static double number(HubFolder folder, JsonNode processor, String field, int channel) {
        JsonNode number = processor.path(field).path(channel);
        if (!number.isNumber()) {
            throw folder.refused("does not say in " + PROCESSOR + " what " + field + " is");
        }
        return number.asDouble();
    }
}
