package io.unifluid.inference.decoding;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.TextLoop;
import io.unifluid.inference.ort.Device;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.TensorSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Loads bundles of families that read a picture and write text; some of them draw. */
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
        boolean draws = bundle.tasks().contains(Task.GENERATE);
        if (draws && (settings.drawing().isEmpty() || dialect.layout().drawing().isEmpty())) {
            throw new BundleException(owner + ": bundle.json lists the task generate and does not say how this model"
                    + " draws (drawing); import the model again.");
        }
        Tokens tokens = Tokens.open(bundle.file(bundle.manifest().text("tokenizer")), isMark, settings.imageId());
        try {
            OrtModel model =
                    OrtModel.open(kind -> graphs(bundle, dialect.layout(), draws, kind, options.textLoop()), options);
            try {
                checkPictures(model, dialect.layout().pictures(), settings, owner);
                Reader reader = new Reader(model, settings, dialect, owner);
                Optional<Painter> painter = dialect.layout()
                        .drawing()
                        .filter(_ -> draws)
                        .map(drawing -> new Painter(model, reader, drawing, settings, owner));
                return new VisionLanguageModel(bundle, settings, tokens, model, dialect, reader, painter);
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            tokens.close();
            throw e;
        }
    }

    private static Map<String, Path> graphs(
            ModelBundle bundle, Layout layout, boolean draws, Device.Kind kind, TextLoop loop) {
        Map<String, Path> graphs = new TreeMap<>();
        layout.reading().forEach(graph -> graphs.put(graph, bundle.graph(graph)));
        if (draws) {
            layout.drawing().orElseThrow().graphs().forEach(graph -> graphs.put(graph, bundle.graph(graph)));
        }
        if (bundle.has(Reader.ENCODER)) {
            graphs.put(Reader.ENCODER, bundle.graph(Reader.ENCODER));
        }
        if (bundle.has(CompiledLoop.GRAPH) && compiled(loop, kind)) {
            graphs.put(CompiledLoop.GRAPH, bundle.graph(CompiledLoop.GRAPH));
        }
        return graphs;
    }

    private static boolean compiled(TextLoop loop, Device.Kind kind) {
        return switch (loop) {
            case AUTO -> kind == Device.Kind.CUDA;
            case STEPS -> false;
            case COMPILED -> true;
        };
    }

    private static void checkPictures(OrtModel model, String graph, Settings settings, String owner) {
        TensorSpec pixels = model.inputs(graph).get(Pictures.PIXELS);
        if (pixels == null || pixels.axes().size() < 4) {
            throw new BundleException(owner + ": the graph " + graph + " does not take " + Pictures.PIXELS
                    + "; take an export in the transformers.js layout.");
        }
        long height = pixels.axes().get(pixels.axes().size() - 2);
        long width = pixels.axes().getLast();
        if ((height != TensorSpec.ANY && height != settings.image().height())
                || (width != TensorSpec.ANY && width != settings.image().width())) {
            throw new BundleException(owner + ": the graph " + graph + " takes pictures of " + width + "x"
                    + height + " px and bundle.json says " + settings.image().width() + "x"
                    + settings.image().height() + "; import the model again.");
        }
    }
}
