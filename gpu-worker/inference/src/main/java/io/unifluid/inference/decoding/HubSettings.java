package io.unifluid.inference.decoding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.Task;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.HubFolder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What families of public models find in a folder as it comes from a hub, in the words of {@link Settings}. */
public final class HubSettings {
    private static final String PROCESSOR = "preprocessor_config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String GENERATION = "generation_config.json";
    private static final int MAX_PROMPT = 256;
    private static final int MAX_NEW = 256;
    private static final int DEFAULT_NEW = 64;

    private final HubFolder folder;
    private final BundleDraft draft;
    private final ObjectNode manifest;
    private final JsonNode processor;
    /** Ids of the tokenizer's added tokens, by what they are written as. */
    private final Map<String, Integer> added = new LinkedHashMap<>();

    /** A token with a meaning of its own. */
    public record Mark(String text, int id) {}

    /**
     * Begins a draft with the tokenizer and the graphs, which must be there.
     *
     * @throws io.unifluid.inference.BundleException if something is not
     */
    public HubSettings(HubFolder folder, String family, Set<Task> tasks, String... graphs) {
        this.folder = folder;
        this.draft = new BundleDraft(family, tasks);
        this.manifest = draft.manifest();
        this.processor = folder.needed(PROCESSOR);
        folder.file(TOKENIZER);
        draft.file(TOKENIZER);
        folder.needed(TOKENIZER)
                .path("added_tokens")
                .forEach(token -> added.put(
                        token.path("content").asText(), token.path("id").asInt()));
        manifest.put("tokenizer", TOKENIZER);
        Stream.of(graphs).forEach(graph -> draft.graph(graph, folder.graph(graph)));
    }

    public BundleDraft draft() {
        return draft;
    }

    public ObjectNode manifest() {
        return manifest;
    }

    /** {@code preprocessor_config.json}. */
    public JsonNode processor() {
        return processor;
    }

    /** The first of some paths in {@code config.json} that is there, as a whole number. */
    public int number(String what, String... paths) {
        return Stream.of(paths)
                .map(folder.config()::at)
                .filter(JsonNode::canConvertToInt)
                .map(JsonNode::asInt)
                .findFirst()
                .orElseThrow(() -> folder.refused("does not say in config.json " + what + " ("
                        + paths[0].substring(1).replace('/', '.') + ")"));
    }

    /** The same, where the family's own default holds for a config that does not say it. */
    public int numberOr(int otherwise, String... paths) {
        return Stream.of(paths)
                .map(folder.config()::at)
                .filter(JsonNode::canConvertToInt)
                .map(JsonNode::asInt)
                .findFirst()
                .orElse(otherwise);
    }

    /** Pictures of a size, with the processor's mean, deviation and filter. */
    public ObjectNode image(int width, int height, int tokens, String filter) {
        ObjectNode image = manifest.putObject("image");
        image.put("width", width).put("height", height).put("tokens", tokens);
        image.put(
                "filter",
                switch (processor.path("resample").asInt(-1)) {
                    case 1 -> "lanczos";
                    case 2 -> "bilinear";
                    case 3 -> "bicubic";
                    default -> filter;
                });
        colours(image.putArray("mean"), "image_mean");
        colours(image.putArray("std"), "image_std");
        return image;
    }

    private void colours(ArrayNode to, String field) {
        JsonNode numbers = processor.path(field);
        if (numbers.size() != 3) {
            throw folder.refused("does not say in " + PROCESSOR + " what " + field + " is");
        }
        numbers.forEach(number -> to.add(number.asDouble()));
    }

    /** A side of the processor's pictures in px, by the first of some paths that is there. */
    public int side(String... paths) {
        return Stream.of(paths)
                .map(path -> processor.at(path).asInt())
                .filter(side -> side > 0)
                .findFirst()
                .orElseThrow(() -> folder.refused("does not say in " + PROCESSOR + " which size its pictures have ("
                        + paths[0].substring(1).replace('/', '.') + ")"));
    }

    public boolean hasMark(String text) {
        return added.containsKey(text);
    }

    /** The id of a mark that the tokenizer must know. */
    public int mark(String text) {
        if (!hasMark(text)) {
            throw folder.refused("has a " + TOKENIZER + " that does not know the mark " + text
                    + ", without which the model's prompts cannot be written");
        }
        return added.get(text);
    }

    /** The mark that a prompt begins with. */
    public Mark begins() {
        JsonNode id = said("bos_token_id");
        return added.entrySet().stream()
                .filter(mark -> id.canConvertToInt()
                        ? mark.getValue() == id.asInt()
                        : mark.getKey().equals(named("bos_token")))
                .findFirst()
                .map(mark -> new Mark(mark.getKey(), mark.getValue()))
                .orElseThrow(() -> folder.refused("does not say which token a prompt begins with (bos_token_id in "
                        + GENERATION + " or bos_token in " + TOKENIZER_CONFIG + ")"));
    }

    /** What the tokenizer's config calls a token, as a text or with its flags; empty where it does not. */
    private String named(String field) {
        JsonNode token = folder.json(TOKENIZER_CONFIG)
                .map(json -> json.path(field))
                .orElse(folder.config().path(""));
        return token.isObject() ? token.path("content").asText() : token.asText();
    }

    /**
     * Marks, from {@code generation_config.json} where it says, else from {@code config.json}, else by the names in {@code
     * tokenizer_config.json}.
     */
    public ObjectNode marks(int image) {
        ObjectNode marks = manifest.putObject("specialTokens").put("image", image);
        JsonNode ends = said("eos_token_id");
        ArrayNode eos = marks.putArray("eos");
        if (ends.isArray()) {
            ends.forEach(eos::add);
        } else if (ends.canConvertToInt()) {
            eos.add(ends.asInt());
        } else if (hasMark(named("eos_token"))) {
            eos.add(mark(named("eos_token")));
        }
        if (eos.isEmpty()) {
            throw folder.refused(
                    "does not say which token ends a text (eos_token_id in generation_config.json or config.json)");
        }
        JsonNode pad = said("pad_token_id");
        String padding = named("pad_token");
        marks.put("pad", pad.canConvertToInt() ? pad.asInt() : hasMark(padding) ? mark(padding) : 0);
        return marks;
    }

    /** A setting of generation, wherever it stands; missing where nowhere. */
    public JsonNode said(String field) {
        JsonNode config = folder.config();
        return Stream.of(
                        folder.json(GENERATION).map(json -> json.path(field)).orElse(config.path("")),
                        config.path(field),
                        config.path("text_config").path(field),
                        config.path("language_config").path(field))
                .filter(node -> !node.isMissingNode() && !node.isNull())
                .findFirst()
                .orElse(config.path(""));
    }

    /** @param context tokens that the decoder reads at most, those it writes included */
    public void limits(int context, int pictures, int maxBatch) {
        if (context < pictures + 32) {
            throw folder.refused(
                    "has a decoder that reads " + context + " tokens, and a picture alone takes " + pictures);
        }
        int room = context - pictures;
        manifest.putObject("limits")
                .put("context", context)
                .put("maxPromptTokens", Math.min(MAX_PROMPT, room / 2))
                .put("maxNewTokens", Math.min(MAX_NEW, room / 2))
                .put("maxBatch", maxBatch);
        manifest.putObject("defaults").put("maxTokens", Math.min(DEFAULT_NEW, room / 2));
    }
}
