package io.unifluid.inference.unifluid;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelFamily;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.ort.OrtModel;
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
                graphs.forEach((graph, file) -> check(bundle, file, graph, model));
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

    private static void check(ModelBundle bundle, Path file, String graph, OrtModel model) {
        Set<String> takes = UniFluidGraphs.INPUTS.get(graph);
        for (String input : model.inputs(graph)) {
            if (!takes.contains(input)) {
                throw new BundleException("Bundle " + bundle.folder() + ": file " + file.getFileName()
                        + " wants the input " + input + ", which a UniFluid " + graph
                        + " graph does not have; export the bundle again.");
            }
        }
        for (String output : UniFluidGraphs.OUTPUTS.get(graph)) {
            if (!model.outputs(graph).contains(output)) {
                throw new BundleException("Bundle " + bundle.folder() + ": file " + file.getFileName()
                        + " does not give the output " + output + ", which a UniFluid " + graph
                        + " graph must; export the bundle again.");
            }
        }
    }
}
