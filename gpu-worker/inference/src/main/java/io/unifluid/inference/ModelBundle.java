package io.unifluid.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with a model: bundle.json, ONNX graphs, a tokenizer. One that is open is sound: every file that a family
 * will read is there, lies inside the folder and has the checksum that bundle.json states.
 */
public final class ModelBundle {
    private static final String MANIFEST = "bundle.json";
    private static final int FORMAT = 1;
    /** What a graph might read, also by itself. */
    private static final Pattern WEIGHTS = Pattern.compile("\\.(onnx|data|bin|onnx_data(_\\d+)?)$");
    /** How far below the folder graphs may lie. */
    private static final int DEPTH = 3;

    private final Path folder;
    private final Manifest manifest;
    private final String family;
    private final ModelCard card;
    private final String licence;
    private final Set<Task> tasks;
    private final Map<String, String> graphs;
    private final Map<String, String> int8;
    private final Map<String, String> checksums;

    private ModelBundle(Path folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
        this.family = manifest.text("family");
        this.card = card(manifest);
        this.licence = manifest.text("licence");
        this.tasks = tasks(manifest);
        this.graphs = manifest.textMap("graphs");
        this.int8 = manifest.has("int8") ? manifest.textMap("int8") : Map.of();
        this.checksums = manifest.textMap("sha256");
    }

    /**
     * Opens and checks a bundle, reading every byte of it.
     *
     * @throws BundleException if it is not a sound bundle, with one sentence that names the file and what to do
     */
    public static ModelBundle open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BundleException("Bundle " + folder + ": there is no such folder; name the folder of a model.");
        }
        ModelBundle bundle = new ModelBundle(folder, manifest(folder));
        bundle.verify();
        return bundle;
    }

    /**
     * What bundle.json says of the model. Reads no other file.
     *
     * @throws BundleException if there is no bundle.json that can be read
     */
    public static ModelCard card(Path folder) {
        return card(manifest(folder));
    }

    private static ModelCard card(Manifest manifest) {
        return new ModelCard(
                manifest.text("name"),
                manifest.text("version"),
                manifest.optionalText("purpose"),
                manifest.has("card") ? manifest.textMap("card") : Map.of());
    }

    /**
     * What bundle.json says, without a look at any other file.
     *
     * @throws BundleException if there is no bundle.json that can be read
     */
    public static BundleOutline outline(Path folder) {
        Manifest manifest = manifest(folder);
        return new BundleOutline(card(manifest), manifest.text("family"), manifest.text("licence"), tasks(manifest));
    }

    private static Manifest manifest(Path folder) {
        JsonNode json = parse(folder);
        if (json.path("format").asInt(0) != FORMAT) {
            throw new BundleException("Bundle " + folder + ": bundle.json has format " + json.path("format")
                    + " and this build reads format " + FORMAT + "; take a bundle or a build that fits the other.");
        }
        return new Manifest("Bundle " + folder, json);
    }

    private static JsonNode parse(Path folder) {
        Path file = folder.resolve(MANIFEST);
        if (!Files.isRegularFile(file)) {
            throw new BundleException(
                    "Bundle " + folder + ": file bundle.json is missing; name the folder of a model bundle.");
        }
        try {
            JsonNode json = new ObjectMapper().readTree(file.toFile());
            if (json.isObject()) {
                return json;
            }
            throw new BundleException(
                    "Bundle " + folder + ": bundle.json is not a JSON object; download or export the bundle again.");
        } catch (JsonProcessingException e) {
            throw new BundleException(
                    "Bundle " + folder + ": bundle.json is not valid JSON (line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
                            + "); download or export the bundle again.",
                    e);
        } catch (IOException e) {
            throw new BundleException("Bundle " + folder + ": bundle.json cannot be read (" + reason(e) + ").", e);
        }
    }

    private static Set<Task> tasks(Manifest manifest) {
        Set<Task> tasks = EnumSet.noneOf(Task.class);
        for (String name : manifest.texts("tasks")) {
            tasks.add(Task.parse(name)
                    .orElseThrow(() -> manifest.wrong(
                            "tasks", "names \"" + name + "\", which is none of caption, vqa, generate, edit")));
        }
        if (tasks.isEmpty()) {
            throw manifest.wrong("tasks", "is empty");
        }
        return Collections.unmodifiableSet(tasks);
    }

    private void verify() {
        checksums.forEach(this::verify);
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            files.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .filter(file -> WEIGHTS.matcher(file).find())
                    .filter(file -> !checksums.containsKey(file))
                    .findFirst()
                    .ifPresent(file -> {
                        throw broken(file, "has no checksum in bundle.json");
                    });
        } catch (UncheckedIOException e) {
            throw unreadable(e.getCause());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private BundleException unreadable(IOException e) {
        return new BundleException("Bundle " + folder + ": the folder cannot be read (" + reason(e) + ").", e);
    }

    private void verify(String file, String expected) {
        Path path = inside(file);
        if (!Files.isRegularFile(path)) {
            throw broken(file, "is missing");
        }
        try {
            if (!Sha256.of(path).equalsIgnoreCase(expected)) {
                throw broken(file, "does not match its checksum in bundle.json");
            }
        } catch (IOException e) {
            throw new BundleException(
                    "Bundle " + folder + ": file " + file + " cannot be read (" + reason(e) + ").", e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "no permission";
            case FileSystemException known when known.getReason() != null -> known.getReason();
            default -> "it cannot be read to its end";
        };
    }

    private Path inside(String file) {
        Path path = folder.resolve(file).normalize();
        if (file.isBlank()
                || Path.of(file).isAbsolute()
                || !path.startsWith(folder.normalize())
                || path.equals(folder.normalize())) {
            throw broken(file, "lies outside the bundle's folder");
        }
        return path;
    }

    private BundleException broken(String file, String what) {
        return new BundleException(
                "Bundle " + folder + ": file " + file + " " + what + "; download or export the bundle again.");
    }

    /**
     * A file of this bundle whose checksum was verified.
     *
     * @throws BundleException if bundle.json has no checksum for it
     */
    public Path file(String file) {
        Path path = inside(file);
        if (!checksums.containsKey(file)) {
            throw broken(file, "has no checksum in bundle.json");
        }
        return path;
    }

    /**
     * The file of a graph, by its name under {@code graphs}.
     *
     * @throws BundleException if bundle.json does not name it
     */
    public Path graph(String graph) {
        if (!graphs.containsKey(graph)) {
            throw manifest.wrong("graphs." + graph, "is missing");
        }
        return file(graphs.get(graph));
    }

    /** The file of a graph that multiplies 8-bit integers where bundle.json names one under {@code int8}, else the graph's own. */
    public Path int8Graph(String graph) {
        return int8.containsKey(graph) ? file(int8.get(graph)) : graph(graph);
    }

    /** Whether bundle.json names a graph. */
    public boolean has(String graph) {
        return graphs.containsKey(graph);
    }

    public Path folder() {
        return folder;
    }

    /** Everything else in bundle.json. */
    public Manifest manifest() {
        return manifest;
    }

    public String family() {
        return family;
    }

    public String name() {
        return card.name();
    }

    public String version() {
        return card.version();
    }

    public ModelCard card() {
        return card;
    }

    /** SPDX identifier of the weights' licence. */
    public String licence() {
        return licence;
    }

    public Set<Task> tasks() {
        return tasks;
    }
}
