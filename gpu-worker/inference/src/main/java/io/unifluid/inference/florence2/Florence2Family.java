package io.unifluid.inference.florence2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.decoding.HubSettings;
import io.unifluid.inference.decoding.OnePicture;
import io.unifluid.inference.decoding.Settings;
import io.unifluid.inference.decoding.VisionLanguage;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.HubFamily;
import io.unifluid.inference.hub.HubFolder;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;

/**
 * Florence-2 (arXiv 2311.06242): DaViT and BART, in the transformers.js layout. An encoder reads the picture and a prompt,
 * which is one of the sentences that it was trained on; a decoder writes.
 */
public final class Florence2Family implements HubFamily {
    public static final String NAME = "florence2";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        Settings settings = Settings.read(bundle.manifest(), Settings.Fit.STRETCHED);
        return VisionLanguage.load(bundle, options, settings, _ -> false, new OnePicture(settings));
    }

    /** Sentences that the model was trained on; a folder's preprocessor_config.json may have others. */
    private static final Map<String, String> SENTENCES = Map.of(
            "<CAPTION>", "What does the image describe?",
            "<DETAILED_CAPTION>", "Describe in detail what is shown in the image.",
            "<MORE_DETAILED_CAPTION>", "Describe with a paragraph what is shown in the image.");

    /** Tokens of a picture of the released models: 24 x 24 and the whole. */
    private static final int TOKENS = 577;

    @Override
    public Optional<BundleDraft> recognise(HubFolder folder) {
        if (!folder.modelType().equals("florence2")) {
            return Optional.empty();
        }
        HubSettings hub = new HubSettings(
                folder,
                NAME,
                EnumSet.of(Task.CAPTION),
                "vision_encoder",
                "embed_tokens",
                "encoder_model",
                "decoder_model_merged");
        int tokens = hub.processor().path("image_seq_length").asInt(TOKENS);
        hub.image(hub.side("/size/width"), hub.side("/size/height"), tokens, "bicubic");
        // Older configs name no mark, since there the features simply come first: then one behind the vocabulary.
        int image = hub.number(
                "how many tokens it knows",
                "/image_token_id",
                "/image_token_index",
                "/text_config/vocab_size",
                "/vocab_size");
        ObjectNode marks = hub.marks(image);
        marks.put("decoderStart", hub.said("decoder_start_token_id").asInt(2));
        hub.limits(hub.numberOr(1024, "/text_config/max_position_embeddings"), tokens, 8);
        ObjectNode decoding = hub.manifest().putObject("decoding");
        rule(decoding, "first", hub.said("forced_bos_token_id"));
        rule(decoding, "last", hub.said("forced_eos_token_id"));
        rule(decoding, "noRepeat", hub.said("no_repeat_ngram_size"));
        ObjectNode templates = hub.manifest().putObject("templates");
        templates.put("caption", template(hub, "<CAPTION>", " {hint}"));
        templates
                .putObject("captions")
                .put("detailed", template(hub, "<DETAILED_CAPTION>", ""))
                .put("more detailed", template(hub, "<MORE_DETAILED_CAPTION>", ""));
        return Optional.of(
                hub.draft()
                        .purpose(
                                "Florence-2 describes pictures, shortly, in detail or in a paragraph; it answers no questions."));
    }

    private static void rule(ObjectNode decoding, String name, JsonNode number) {
        if (number.canConvertToInt()) {
            decoding.put(name, number.asInt());
        }
    }

    private static String template(HubSettings hub, String task, String place) {
        String sentence =
                hub.processor().path("task_prompts_without_inputs").path(task).asText(SENTENCES.get(task));
        return "<image><s>" + sentence + place + "</s>";
    }
}
