package io.unifluid.inference.paligemma;

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
import java.util.Optional;

/**
 * PaliGemma 1 and 2 (arXiv 2407.07726, 2412.03555): SigLIP and Gemma, in the transformers.js layout. Its decoder reads a
 * prompt as a whole, each token seeing all others, and has no mask: only prompts of one length share a run.
 */
public final class PaliGemmaFamily implements HubFamily {
    public static final String NAME = "paligemma";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        Settings settings = Settings.read(bundle.manifest(), Settings.Fit.STRETCHED);
        return VisionLanguage.load(bundle, options, settings, _ -> false, new OnePicture(settings));
    }

    @Override
    public Optional<BundleDraft> recognise(HubFolder folder) {
        if (!folder.modelType().equals("paligemma")) {
            return Optional.empty();
        }
        HubSettings hub = new HubSettings(
                folder,
                NAME,
                EnumSet.of(Task.CAPTION, Task.VQA),
                "vision_encoder",
                "embed_tokens",
                "decoder_model_merged");
        int patches = hub.side("/size/width") / hub.numberOr(14, "/vision_config/patch_size");
        int tokens = patches * patches;
        hub.image(hub.side("/size/width"), hub.side("/size/height"), tokens, "bicubic");
        hub.marks(hub.number("which token stands for a picture", "/image_token_index", "/image_token_id"));
        hub.limits(hub.numberOr(8192, "/text_config/max_position_embeddings"), tokens, 8);
        hub.manifest().putObject("decoding").put("firstPosition", 1);
        hub.manifest()
                .putObject("templates")
                .put("caption", "<image><bos>caption en {hint}\n")
                .put("vqa", "<image><bos>answer en {question}\n")
                .put("answer", "{answer}");
        return Optional.of(hub.draft()
                .purpose("PaliGemma describes pictures and answers questions about them in short phrases; it was not"
                        + " trained to follow instructions."));
    }
}
