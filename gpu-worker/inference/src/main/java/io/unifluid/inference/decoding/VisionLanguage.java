package io.unifluid.inference.decoding;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.TensorSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Loads bundles of families that read a picture and write text. */
public final class VisionLanguage {
    private VisionLanguage() {}

    /**
     * Loads the tokenizer and the graphs, and checks that they fit each other.
     *
     * @param isMark added tokens of the tokenizer that are marks, beside those that it calls special
     * @throws BundleException if something does not fit, or the device does not work
     */
    public static LoadedModel load(
            ModelBundle bundle, ModelOptions options, Settings settings, Predicate<String> isMark, Dialect dialect) {
        String owner = "Bundle " + bundle.folder();
        Tokens tokens = Tokens.open(bundle.file(bundle.manifest().text("tokenizer")), isMark, settings.imageId());
        try {
            OrtModel model = OrtModel.open(_ -> graphs(bundle), options);
            try {
                checkPictures(model, settings, owner);
                Reader reader = new Reader(model, settings, dialect, owner);
                return new VisionLanguageModel(bundle, settings, tokens, model, dialect, reader);
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            tokens.close();
            throw e;
        }
    }

    private static Map<String, Path> graphs(ModelBundle bundle) {
        Map<String, Path> graphs = new TreeMap<>();
        for (String graph : new String[] {Pictures.ENCODER, Reader.EMBED, Reader.DECODER}) {
            graphs.put(graph, bundle.graph(graph));
        }
        if (bundle.has(Reader.ENCODER)) {
            graphs.put(Reader.ENCODER, bundle.graph(Reader.ENCODER));
        }
        return graphs;
    }

    private static void checkPictures(OrtModel model, Settings settings, String owner) {
        TensorSpec pixels = model.inputs(Pictures.ENCODER).get(Pictures.PIXELS);
        if (pixels == null || pixels.axes().size() < 4) {
            throw new BundleException(owner + ": the graph " + Pictures.ENCODER + " does not take " + Pictures.PIXELS
                    + "; take an export in the transformers.js layout.");
        }
        long height = pixels.axes().get(pixels.axes().size() - 2);
        long width = pixels.axes().getLast();
        if ((height != TensorSpec.ANY && height != settings.image().height())
                || (width != TensorSpec.ANY && width != settings.image().width())) {
            throw new BundleException(owner + ": the graph " + Pictures.ENCODER + " takes pictures of " + width + "x"
                    + height + " px and bundle.json says " + settings.image().width() + "x"
                    + settings.image().height() + "; import the model again.");
        }
    }
}
