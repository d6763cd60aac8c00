package io.unifluid.inference.unifluid;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelFamily;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Precision;
import io.unifluid.inference.Task;
import io.unifluid.inference.ort.Device;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.TensorSpec;
import io.unifluid.inference.support.Prompts;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
        Prompts prompts = Prompts.open(
                bundle.file(bundle.manifest().text("tokenizer")),
                settings.limits().maxPromptTokens(),
                settings.pad(),
                settings.eos());
        try {
            OrtModel model = OrtModel.open(kind -> graphs(bundle, kind, options.precision()), options);
            try {
                Map<String, Path> graphs = graphs(bundle, model.device().kind(), options.precision());
                TensorSpec features = features(settings, model, graphs);
                graphs.forEach((graph, file) -> check(bundle, file, graph, model, settings, features));
                Optional<DomainMeasure> domain = graphs.containsKey(UniFluidGraphs.ENCODE)
                        ? DomainMeasure.read(bundle, settings.image())
                        : Optional.empty();
                return new UniFluidModel(bundle, settings, prompts, model, domain);
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            prompts.close();
            throw e;
        }
    }

    /** Of a bundle that has understand in parts too, what the device runs: a GPU would have its state copied at each step. */
    private static Set<String> writing(ModelBundle bundle, Device.Kind kind) {
        Set<String> parts = Set.of(UniFluidGraphs.BEGIN, UniFluidGraphs.STEP, UniFluidGraphs.KEEP);
        return switch (kind) {
            case CPU -> parts.stream().allMatch(bundle::has) ? parts : Set.of(UniFluidGraphs.UNDERSTAND);
            case CUDA -> Set.of(UniFluidGraphs.UNDERSTAND);
        };
    }

    /** Of a bundle that can score a picture's questions in one row, what the device runs; nobody has tried it on a GPU. */
    private static String scoring(ModelBundle bundle, Device.Kind kind) {
        return switch (kind) {
            case CPU -> bundle.has(UniFluidGraphs.CHOICES) ? UniFluidGraphs.CHOICES : UniFluidGraphs.SCORE;
            case CUDA -> UniFluidGraphs.SCORE;
        };
    }

    /** ONNX Runtime has 8-bit products for the CPU alone. */
    private static Path file(ModelBundle bundle, String graph, Device.Kind kind, Precision precision) {
        return switch (kind) {
            case CPU ->
                switch (precision) {
                    case AUTO -> bundle.int8Graph(graph);
                    case FP32 -> bundle.graph(graph);
                };
            case CUDA -> bundle.graph(graph);
        };
    }

    private static Map<String, Path> graphs(ModelBundle bundle, Device.Kind kind, Precision precision) {
        Map<String, Path> graphs = new TreeMap<>();
        for (Task task : bundle.tasks()) {
            Set<String> needed = switch (task) {
                case CAPTION -> Set.of(UniFluidGraphs.ENCODE);
                case VQA -> Set.of(UniFluidGraphs.ENCODE, scoring(bundle, kind));
                case GENERATE -> Set.of(UniFluidGraphs.GENERATE);
                case EDIT -> Set.of(UniFluidGraphs.EDIT);
            };
            needed.forEach(graph -> graphs.put(graph, file(bundle, graph, kind, precision)));
        }
        if (graphs.containsKey(UniFluidGraphs.ENCODE)) {
            writing(bundle, kind).forEach(graph -> graphs.put(graph, file(bundle, graph, kind, precision)));
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
        Map<String, TensorSpec> given = new TreeMap<>(UniFluidGraphs.inputs(graph, settings, features));
        if (graph.equals(UniFluidGraphs.STEP) || graph.equals(UniFluidGraphs.KEEP)) {
            given.putAll(state(model));
        }
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

    /** What begin, step and keep all give, as the inputs that step and keep may take. */
    private static Map<String, TensorSpec> state(OrtModel model) {
        Map<String, TensorSpec> state = new TreeMap<>();
        model.outputs(UniFluidGraphs.BEGIN).forEach((name, spec) -> {
            if (name.startsWith(OrtModel.Kept.GIVEN)
                    && model.outputs(UniFluidGraphs.STEP).containsKey(name)
                    && model.outputs(UniFluidGraphs.KEEP).containsKey(name)) {
                state.put(OrtModel.Kept.TAKEN + name.substring(OrtModel.Kept.GIVEN.length()), spec);
            }
        });
        return state;
    }

    private static BundleException unusable(ModelBundle bundle, Path file, String why) {
        return new BundleException("Bundle " + bundle.folder() + ": file " + file.getFileName() + " " + why
                + "; export the bundle again.");
    }
}
