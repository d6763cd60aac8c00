package io.unifluid.inference.unifluid;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelFamily;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.TensorSpec;
import io.unifluid.inference.support.Prompts;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** UniFluid (arXiv 2503.13436): one transformer over text and continuous image tokens for all four tasks. */
public final class UniFluidFamily implements ModelFamily {
    @Override
    public String name() {
        return "unifluid";
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        UniFluidSettings settings = UniFluidSettings.read(bundle.manifest());
        Map<String, Path> graphs = graphs(bundle);
        Prompts prompts = Prompts.open(
                bundle.file(bundle.manifest().text("tokenizer")),
                settings.limits().maxPromptTokens(),
                settings.pad(),
                settings.eos());
        try {
            OrtModel model = OrtModel.open(graphs, options);
            try {
                TensorSpec features = features(settings, model, graphs);
                graphs.forEach((graph, file) -> check(bundle, file, graph, model, settings, features));
                return new UniFluidModel(bundle, settings, prompts, model);
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            prompts.close();
            throw e;
        }
    }

    private static Map<String, Path> graphs(ModelBundle bundle) {
        Map<String, Path> graphs = new TreeMap<>();
        for (Task task : bundle.tasks()) {
            Set<String> needed = switch (task) {
                case CAPTION -> Set.of(UniFluidGraphs.ENCODE, UniFluidGraphs.UNDERSTAND);
                case VQA -> Set.of(UniFluidGraphs.ENCODE, UniFluidGraphs.UNDERSTAND, UniFluidGraphs.SCORE);
                case GENERATE -> Set.of(UniFluidGraphs.GENERATE);
                case EDIT -> Set.of(UniFluidGraphs.EDIT);
            };
            needed.forEach(graph -> graphs.put(graph, bundle.graph(graph)));
        }
        return graphs;
    }

    /** As the bundle's own encode graph gives them; of any size where it has none. */
    private static TensorSpec features(UniFluidSettings settings, OrtModel model, Map<String, Path> graphs) {
        TensorSpec any = UniFluidGraphs.features(settings);
        return graphs.containsKey(UniFluidGraphs.ENCODE)
                ? model.outputs(UniFluidGraphs.ENCODE).getOrDefault("features", any)
                : any;
    }

    private static void check(
            ModelBundle bundle,
            Path file,
            String graph,
            OrtModel model,
            UniFluidSettings settings,
            TensorSpec features) {
        Map<String, TensorSpec> given = UniFluidGraphs.inputs(graph, settings, features);
        model.inputs(graph).forEach((name, wanted) -> {
            if (!given.containsKey(name)) {
                throw unusable(
                        bundle,
                        file,
                        "wants the input " + name + ", which a UniFluid " + graph + " graph does not have");
            }
            if (!given.get(name).fits(wanted)) {
                throw unusable(
                        bundle,
                        file,
                        "wants the input " + name + " as " + wanted + " and this bundle's " + graph + " graph gets "
                                + given.get(name));
            }
        });
        Map<String, TensorSpec> gives = model.outputs(graph);
        UniFluidGraphs.outputs(graph, settings).forEach((name, needed) -> {
            if (!gives.containsKey(name)) {
                throw unusable(
                        bundle,
                        file,
                        "does not give the output " + name + ", which a UniFluid " + graph + " graph must");
            }
            if (!needed.fits(gives.get(name))) {
                throw unusable(
                        bundle,
                        file,
                        "gives the output " + name + " as " + gives.get(name) + " and this bundle's " + graph
                                + " graph must give " + needed);
            }
        });
    }

    private static BundleException unusable(ModelBundle bundle, Path file, String why) {
        return new BundleException("Bundle " + bundle.folder() + ": file " + file.getFileName() + " " + why
                + "; export the bundle again.");
    }
}
