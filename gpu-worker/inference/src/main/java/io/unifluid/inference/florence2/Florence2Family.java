package io.unifluid.inference.florence2;

import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelFamily;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.decoding.OnePicture;
import io.unifluid.inference.decoding.Settings;
import io.unifluid.inference.decoding.VisionLanguage;

/**
 * Florence-2 (arXiv 2311.06242): DaViT and BART, in the transformers.js layout. An encoder reads the picture and a prompt,
 * which is one of the sentences that it was trained on; a decoder writes.
 */
public final class Florence2Family implements ModelFamily {
    public static final String NAME = "florence2";

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
