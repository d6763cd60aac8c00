package io.unifluid.inference.smolvlm;

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
import java.util.regex.Pattern;

/**
 * SmolVLM and Idefics3 (arXiv 2504.05299, 2408.12637): SigLIP and a Llama, in the transformers.js layout. A picture is cut
 * into tiles, and seen as a whole besides; the prompt names each tile's place.
 */
public final class SmolVlmFamily implements HubFamily {
    public static final String NAME = "smolvlm";

    /** Places of tiles; not every tokenizer calls them special. */
    private static final Pattern PLACE = Pattern.compile("<global-img>|<row_\\d+_col_\\d+>");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        Settings settings = Settings.read(bundle.manifest(), Settings.Fit.TILES);
        return VisionLanguage.load(
                bundle, options, settings, token -> PLACE.matcher(token).matches(), new SmolVlmDialect(settings));
    }

    @Override
    public Optional<BundleDraft> recognise(HubFolder folder) {
        if (!folder.modelType().equals("smolvlm") && !folder.modelType().equals("idefics3")) {
            return Optional.empty();
        }
        HubSettings hub = new HubSettings(
                folder,
                NAME,
                EnumSet.of(Task.CAPTION, Task.VQA),
                "vision_encoder",
                "embed_tokens",
                "decoder_model_merged");
        int side = hub.side("/max_image_size/longest_edge");
        int longest = hub.side("/size/longest_edge");
        int patches = side / hub.number("the size of its patches", "/vision_config/patch_size");
        int scale = hub.number("how many patches become one token", "/scale_factor");
        int tokens = patches * patches / (scale * scale);
        boolean cut = hub.processor().path("do_image_splitting").asBoolean(true);
        hub.image(side, side, tokens, "lanczos").put("longestEdge", longest).put("cut", cut ? 1 : 0);
        hub.marks(hub.number("which token stands for a picture", "/image_token_id"));
        int across = cut ? Math.ceilDiv(longest, side) : 0;
        hub.limits(hub.numberOr(8192, "/text_config/max_position_embeddings"), (across * across + 1) * (tokens + 3), 4);
        hub.manifest()
                .putObject("templates")
                .put(
                        "caption",
                        "<|im_start|>User:<image>Can you describe this image? {hint}<end_of_utterance>\nAssistant:")
                .put("vqa", "<|im_start|>User:<image>{question}<end_of_utterance>\nAssistant:")
                .put("answer", " {answer}");
        return Optional.of(hub.draft()
                .purpose(
                        "SmolVLM describes pictures and answers questions about them in sentences; small print is read in"
                                + " tiles."));
    }
}
