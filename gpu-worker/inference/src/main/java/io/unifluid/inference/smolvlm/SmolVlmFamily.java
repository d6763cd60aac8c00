package io.unifluid.inference.smolvlm;

import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelFamily;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.decoding.Settings;
import io.unifluid.inference.decoding.VisionLanguage;
import java.util.regex.Pattern;

/**
 * SmolVLM and Idefics3 (arXiv 2504.05299, 2408.12637): SigLIP and a Llama, in the transformers.js layout. A picture is cut
 * into tiles, and seen as a whole besides; the prompt names each tile's place.
 */
public final class SmolVlmFamily implements ModelFamily {
    public static final String NAME = "smolvlm";

    /** Places of tiles; not every tokenizer calls them special. */
    private static final Pattern PLACE = Pattern.compile("<global-img>|<row_\\d+_col_\\d+>");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        Settings settings = Settings.read(bundle.manifest(), true);
        return VisionLanguage.load(
                bundle, options, settings, token -> PLACE.matcher(token).matches(), new SmolVlmDialect(settings));
    }
}
