package io.unifluid.inference.paligemma;

import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelFamily;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.decoding.OnePicture;
import io.unifluid.inference.decoding.Settings;
import io.unifluid.inference.decoding.VisionLanguage;

/**
 * PaliGemma 1 and 2 (arXiv 2407.07726, 2412.03555): SigLIP and Gemma, in the transformers.js layout. Its decoder reads a
 * prompt as a whole, each token seeing all others, and has no mask: only prompts of one length share a run.
 */
public final class PaliGemmaFamily implements ModelFamily {
    public static final String NAME = "paligemma";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        Settings settings = Settings.read(bundle.manifest(), false);
        return VisionLanguage.load(bundle, options, settings, _ -> false, new OnePicture(settings));
    }
}
