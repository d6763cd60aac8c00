package io.unifluid.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.BundleOutline;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.library.ModelLibrary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How a model is shown, for people and as JSON. */
final class ModelLines {
    private ModelLines() {}

    /**
     * The model of this name, or without one the model that runs where none is named.
     *
     * @throws BundleException if there is no such model
     */
    static ModelLibrary.Entry entry(ModelLibrary library, String name) {
        var all = library.all();
        if (name == null) {
            return all.stream()
                    .filter(ModelLibrary.Entry::used)
                    .findFirst()
                    .orElseThrow(() -> new BundleException("The model in use"
                            + library.used().map(used -> ", " + used + ",").orElse("")
                            + " is not there; choose one with './unifluid model use NAME'."));
        }
        var folder = library.get(name);
        return all.stream()
                .filter(entry -> entry.folder().equals(folder))
                .findFirst()
                .orElseThrow();
    }

    static List<String> text(String name, Path folder) {
        var outline = ModelBundle.outline(folder);
        var lines = new ArrayList<String>();
        lines.add("model      " + name + " " + outline.card().version());
        lines.add("family     " + outline.family());
        lines.add("tasks      " + String.join(", ", tasks(outline)));
        lines.add("licence    " + outline.licence());
        outline.card().purpose().ifPresent(purpose -> lines.add("purpose    " + purpose));
        outline.card().statements().forEach((subject, sentence) -> lines.add(subject + ": " + sentence));
        lines.add("folder     " + folder);
        return lines;
    }

    static ObjectNode json(ModelLibrary.Entry entry) {
        var node = JsonLines.object()
                .put("name", entry.name())
                .put("used", entry.used())
                .put("folder", entry.folder().toString());
        entry.problem().ifPresent(problem -> node.put("problem", problem));
        entry.outline().ifPresent(outline -> {
            node.put("version", outline.card().version())
                    .put("family", outline.family())
                    .put("licence", outline.licence());
            tasks(outline).forEach(node.putArray("tasks")::add);
            outline.card().purpose().ifPresent(purpose -> node.put("purpose", purpose));
            outline.card().statements().forEach(node.putObject("card")::put);
        });
        return node;
    }

    static List<String> tasks(BundleOutline outline) {
        return outline.tasks().stream()
                .sorted()
                .map(task -> task.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
