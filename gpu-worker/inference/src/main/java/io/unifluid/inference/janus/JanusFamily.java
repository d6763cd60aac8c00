package io.unifluid.inference.janus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.decoding.HubSettings;
import io.unifluid.inference.decoding.Settings;
import io.unifluid.inference.decoding.VisionLanguage;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.HubFamily;
import io.unifluid.inference.hub.HubFolder;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Janus and Janus-Pro (arXiv 2410.13848, 2501.17811): a Llama that reads pictures through SigLIP and draws them in the codes of a
 * VQ decoder, in the transformers.js layout.
 */
public final class JanusFamily implements HubFamily {
    public static final String NAME = "janus";

    /** As the authors' own export calls itself, and as transformers does. */
    private static final Set<String> TYPES = Set.of("multi_modality", "janus");

    private static final String USER = "<|User|>";
    private static final String ASSISTANT = "<|Assistant|>";

    /** What stands before every conversation about a picture in the authors' processor. */
    private static final String SYSTEM =
            "You are a helpful language and vision assistant. You are able to understand the visual content that the user"
                    + " provides, and assist the user with a variety of tasks using natural language.\n\n";

    /** Tokens that {@link #SYSTEM} and the marks around a question take at most. */
    private static final int AROUND = 64;

    /** Of a picture of the released models. */
    private static final int TOKENS = 576;

    private static final int CONTEXT = 2048;
    private static final int LEAST = 14;
    private static final int GUIDANCE = 5;
    private static final int MOST_DRAWN = 4;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        Settings settings = Settings.read(bundle.manifest(), Settings.Fit.PADDED);
        return VisionLanguage.load(
                bundle,
                options,
                settings,
                token -> token.equals(USER) || token.equals(ASSISTANT),
                new JanusDialect(settings));
    }

    @Override
    public Optional<BundleDraft> recognise(HubFolder folder) {
        if (!TYPES.contains(folder.modelType())) {
            return Optional.empty();
        }
        boolean draws = JanusDialect.DRAWING.graphs().anyMatch(folder::hasGraph);
        HubSettings hub = new HubSettings(
                folder,
                NAME,
                draws ? EnumSet.of(Task.CAPTION, Task.VQA, Task.GENERATE) : EnumSet.of(Task.CAPTION, Task.VQA),
                Stream.concat(JanusDialect.LAYOUT.reading(), draws ? JanusDialect.DRAWING.graphs() : Stream.empty())
                        .toArray(String[]::new));
        JsonNode said =
                folder.json("processor_config.json").orElse(folder.config().path(""));
        int tokens = said.path("num_image_tokens").asInt(hub.numberOr(TOKENS, "/vision_config/num_image_tokens"));
        int side = hub.side("/image_size", "/size/height");
        ObjectNode image = hub.image(side, side, tokens, "bicubic");
        image.put("least", hub.processor().path("min_size").asInt(LEAST));
        background(image, hub.processor().path("background_color"));
        String begins = said.path("image_start_tag").asText("<begin_of_image>");
        String ends = said.path("image_end_tag").asText("<end_of_image>");
        int imageBegins = hub.mark(begins);
        hub.mark(ends);
        ObjectNode marks = hub.marks(hub.mark(said.path("image_tag").asText("<image_placeholder>")));
        int context = hub.numberOr(
                CONTEXT, "/language_config/max_position_embeddings", "/text_config/max_position_embeddings");
        hub.limits(context, tokens + AROUND, 8);
        HubSettings.Mark first = hub.begins();
        boolean pro = hub.hasMark(USER) && hub.hasMark(ASSISTANT);
        String user = pro ? USER : "User";
        String assistant = "\n\n" + (pro ? ASSISTANT : "Assistant") + ":";
        String seen = first.text() + SYSTEM + user + ": " + begins + "<image>" + ends + "\n";
        ObjectNode templates = hub.manifest()
                .putObject("templates")
                .put("caption", seen + "Describe this image. {hint}" + assistant)
                .put("vqa", seen + "{question}" + assistant)
                .put("answer", " {answer}");
        if (draws) {
            templates.put("generate", first.text() + user + ": {prompt}" + assistant + begins);
            ObjectNode drawing = hub.manifest().putObject("drawing").put("tokens", tokens);
            drawing.putArray("kept").add(first.id()).add(imageBegins);
            drawing.put("temperature", 1);
            hub.manifest().withObject("/limits").put("maxCount", MOST_DRAWN);
            hub.manifest().withObject("/defaults").put("guidance", GUIDANCE);
        }
        return Optional.of(hub.draft()
                .purpose("Janus describes pictures and answers questions about them in sentences"
                        + (draws
                                ? "; it draws pictures of " + side + "x" + side + " px from words."
                                : "; in this folder nothing is there to draw with.")));
    }

    /** Where a folder does not say, the mean that colours are measured from, as in transformers. */
    private static void background(ObjectNode image, JsonNode said) {
        ArrayNode background = image.putArray("background");
        if (said.size() == 3) {
            said.forEach(level -> background.add(level.asInt()));
        } else {
            image.path("mean").forEach(mean -> background.add((int) (mean.asDouble() * 255)));
        }
    }
}
