package io.unifluid.inference.families;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelCard;
import io.unifluid.inference.ModelFamily;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.classifier.ImageClassifierFamily;
import io.unifluid.inference.florence2.Florence2Family;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.HubFamily;
import io.unifluid.inference.hub.HubFolder;
import io.unifluid.inference.janus.JanusFamily;
import io.unifluid.inference.paligemma.PaliGemmaFamily;
import io.unifluid.inference.smolvlm.SmolVlmFamily;
import io.unifluid.inference.unifluid.UniFluidFamily;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Loads models: the families this build knows, and the no-op model. */
public final class Models {
    /** What {@link #open} takes in place of a folder to get the no-op model. */
    public static final String NO_OP = "noop";

    private static final List<ModelFamily> FAMILIES = List.of(
            new UniFluidFamily(),
            new PaliGemmaFamily(),
            new SmolVlmFamily(),
            new Florence2Family(),
            new JanusFamily(),
            new ImageClassifierFamily());

    private Models() {}

    /**
     * Opens a model by its specification: the word "noop", or the folder of a bundle.
     *
     * @throws BundleException if the folder is not a sound bundle of a known family, or the device does not work
     */
    public static LoadedModel open(String specification, ModelOptions options) {
        if (specification.isBlank()) {
            throw new BundleException(
                    "No model is named; set it to the folder of a bundle, or to \"" + NO_OP + "\" to compute nothing.");
        }
        return specification.equals(NO_OP) ? noOp() : load(ModelBundle.open(Path.of(specification)), options);
    }

    /**
     * What a model says of itself, by the same specification; nothing is loaded.
     *
     * @throws BundleException if the folder holds no bundle.json that can be read
     */
    public static ModelCard card(String specification) {
        return specification.equals(NO_OP) ? NoOpModel.CARD : ModelBundle.card(Path.of(specification));
    }

    /** Loads a bundle; the caller closes the model. */
    public static LoadedModel load(ModelBundle bundle, ModelOptions options) {
        return family(bundle).load(bundle, options);
    }

    /** A model that computes nothing, for measuring everything around one. */
    public static LoadedModel noOp() {
        return new NoOpModel();
    }

    /**
     * What the family that knows a folder from a public hub makes of it.
     *
     * @throws BundleException if no family knows it, or the one that does cannot take it
     */
    public static BundleDraft recognise(HubFolder folder) {
        for (ModelFamily family : FAMILIES) {
            if (family instanceof HubFamily hub) {
                Optional<BundleDraft> draft = hub.recognise(folder);
                if (draft.isPresent()) {
                    return draft.get();
                }
            }
        }
        throw folder.refused("holds a model of the type \"" + folder.modelType() + "\" (config.json: "
                + String.join(", ", folder.architectures()) + "), which no family of this build knows; it knows "
                + FAMILIES.stream().map(ModelFamily::name).collect(Collectors.joining(", ")));
    }

    private static ModelFamily family(ModelBundle bundle) {
        for (ModelFamily family : FAMILIES) {
            if (family.name().equals(bundle.family())) {
                return family;
            }
        }
        throw new BundleException("Bundle " + bundle.folder() + ": bundle.json names the family \"" + bundle.family()
                + "\", which this build does not run (it runs "
                + FAMILIES.stream().map(ModelFamily::name).collect(Collectors.joining(", "))
                + "); take a bundle of one of those, or a newer build.");
    }
}
