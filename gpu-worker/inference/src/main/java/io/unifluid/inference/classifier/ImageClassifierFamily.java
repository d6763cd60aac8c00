package io.unifluid.inference.classifier;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.HubFamily;
import io.unifluid.inference.hub.HubFolder;
import io.unifluid.inference.ort.OrtModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Classifiers of pictures: one graph, a number for each class, and a mapping from closed questions to classes. */
public final class ImageClassifierFamily implements HubFamily {
    static final String FAMILY = "image-classifier";
    static final Set<Task> TASKS = Set.of(Task.VQA);

    @Override
    public String name() {
        return FAMILY;
    }

    @Override
    public Optional<BundleDraft> recognise(HubFolder folder) {
        return HubClassifier.draft(folder);
    }

    @Override
    public LoadedModel load(ModelBundle bundle, ModelOptions options) {
        if (!bundle.tasks().equals(TASKS)) {
            throw bundle.manifest().wrong("tasks", "must be vqa alone: a classifier does nothing else");
        }
        ClassifierSettings settings = ClassifierSettings.read(bundle.manifest());
        Path file = bundle.graph(ClassifierGraph.NAME);
        OrtModel model = OrtModel.open(_ -> Map.of(ClassifierGraph.NAME, file), options);
        try {
            ClassifierGraph graph = ClassifierGraph.of(
                    model.inputs(ClassifierGraph.NAME), model.outputs(ClassifierGraph.NAME), settings);
            return new ImageClassifierModel(bundle, settings, graph, model);
        } catch (ClassifierGraph.Misfit e) {
            model.close();
            throw new BundleException("Bundle " + bundle.folder() + ": file " + file.getFileName() + " "
                    + e.getMessage() + "; export the bundle again.");
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }
}
