package io.unifluid.inference.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.Task;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A bundle.json in the making, with the files that go into the bundle. A family fills in what it will read again through
 * {@link io.unifluid.inference.Manifest}; format, name, version, licence and checksums are added by whoever imports.
 */
public final class BundleDraft {
    private final ObjectNode manifest = new ObjectMapper().createObjectNode();
    private final SortedSet<String> files = new TreeSet<>();

    /** @param family as {@link io.unifluid.inference.ModelFamily#name} says it */
    public BundleDraft(String family, Set<Task> tasks) {
        manifest.put("family", family);
        var names = manifest.putArray("tasks");
        tasks.stream()
                .sorted()
                .map(task -> task.name().toLowerCase(Locale.ROOT))
                .forEach(names::add);
    }

    /** Names a graph {@code graphs.NAME}; its file comes along, and those with its weights. */
    public BundleDraft graph(String name, HubGraph graph) {
        manifest.withObject("/graphs").put(name, graph.file());
        files.add(graph.file());
        files.addAll(graph.dataFiles());
        return this;
    }

    /** A file that comes along, relative to the folder. */
    public BundleDraft file(String file) {
        files.add(file);
        return this;
    }

    /** One sentence for users: what the model is for, and what it is not for. */
    public BundleDraft purpose(String sentence) {
        manifest.put("purpose", sentence);
        return this;
    }

    /** A question that the model is made for, which the self-test asks and users are shown. */
    public BundleDraft example(String question, Iterable<String> choices) {
        var example = manifest.putObject("example").put("question", question);
        var array = example.putArray("choices");
        choices.forEach(array::add);
        return this;
    }

    /** A line of the model card: {@code trainedOn}, {@code pictures}, {@code languages}, {@code limits}, {@code measured}. */
    public BundleDraft card(String subject, String sentence) {
        manifest.withObject("/card").put(subject, sentence);
        return this;
    }

    /** For everything else that the family reads: image, templates, limits, .. */
    public ObjectNode manifest() {
        return manifest;
    }

    /** All that the bundle needs, relative to the folder. */
    public Set<String> files() {
        return Collections.unmodifiableSortedSet(files);
    }
}
