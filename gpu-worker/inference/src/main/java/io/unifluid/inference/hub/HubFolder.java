package io.unifluid.inference.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.inference.BundleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder in the layout of transformers.js: {@code config.json}, tokenizer and processor configs, and graphs at
 * {@code onnx/NAME<dtype>.onnx} or beside the configs. Whatever is missing or broken is a {@link BundleException} of one
 * sentence that names the file.
 */
public final class HubFolder {
    /** What stands in place of a file where a repository was cloned without its large files. */
    private static final byte[] LARGE_FILE_POINTER = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private static final String CONFIG = "config.json";

    private final Path folder;
    private final DtypeChoice dtypes;
    private final JsonNode config;

    private HubFolder(Path folder, DtypeChoice dtypes, JsonNode config) {
        this.folder = folder;
        this.dtypes = dtypes;
        this.config = config;
    }

    /** Opens a folder with a {@code config.json}. */
    public static HubFolder open(Path folder, DtypeChoice dtypes) {
        if (!Files.isDirectory(folder)) {
            throw new BundleException("There is no folder " + folder + "; name one with a model in it.");
        }
        return new HubFolder(
                folder,
                dtypes,
                json(folder, CONFIG)
                        .orElseThrow(() -> refused(
                                folder,
                                "holds neither bundle.json nor config.json; name the folder of a bundle, or of a model as it comes"
                                        + " from a hub")));
    }

    public Path folder() {
        return folder;
    }

    /** {@code config.json}. */
    public JsonNode config() {
        return config;
    }

    /** {@code model_type} in {@code config.json}; empty where it says none. */
    public String modelType() {
        return config.path("model_type").asText("");
    }

    /** {@code architectures} in {@code config.json}. */
    public List<String> architectures() {
        List<String> names = new ArrayList<>();
        config.path("architectures").forEach(name -> names.add(name.asText()));
        return List.copyOf(names);
    }

    public boolean has(String file) {
        return Files.isRegularFile(folder.resolve(file));
    }

    /** A JSON object; empty where there is no such file. */
    public Optional<JsonNode> json(String file) {
        return json(folder, file);
    }

    /** A JSON object that must be there. */
    public JsonNode needed(String file) {
        return json(folder, file).orElseThrow(() -> lacks(file));
    }

    /** A file that must be there, and not a pointer to it. */
    public Path file(String file) {
        Path path = folder.resolve(file);
        if (!Files.isRegularFile(path)) {
            throw lacks(file);
        }
        requireContent(folder, file);
        return path;
    }

    private BundleException lacks(String file) {
        return refused("has no file " + file + ", without which the model cannot run; fetch the whole folder");
    }

    /**
     * A graph in the numbers that the user chose, else in the first of {@link Dtype} that is there.
     *
     * @param name without folder, dtype and ending
     */
    public HubGraph graph(String name) {
        Set<Dtype> there = new TreeSet<>();
        for (Dtype dtype : Dtype.values()) {
            find(name, dtype).ifPresent(_ -> there.add(dtype));
        }
        Optional<Dtype> chosen = dtypes.of(name);
        if (there.isEmpty()) {
            throw refused("has no graph onnx/" + name + ".onnx, nor one with a dtype after its name; it has "
                    + listed(graphFiles()) + ": fetch the whole folder");
        }
        if (chosen.filter(dtype -> !there.contains(dtype)).isPresent()) {
            throw refused("has the graph " + name + " not as " + chosen.get().shown() + " but as "
                    + there.stream().map(Dtype::shown).collect(Collectors.joining(", "))
                    + ": choose one of these with --dtype, or fetch that file");
        }
        Dtype dtype = chosen.orElseGet(() -> there.iterator().next());
        return graph(name, dtype, find(name, dtype).orElseThrow());
    }

    /** Whether the graph is there in any dtype. */
    public boolean hasGraph(String name) {
        return Arrays.stream(Dtype.values()).anyMatch(dtype -> find(name, dtype).isPresent());
    }

    private Optional<String> find(String name, Dtype dtype) {
        String file = name + dtype.suffix() + ".onnx";
        return Stream.of("onnx/" + file, file).filter(this::has).findFirst();
    }

    private HubGraph graph(String name, Dtype dtype, String file) {
        requireContent(folder, file);
        OnnxFile content = read(file);
        Set<String> dataFiles = new TreeSet<>();
        String beside = file.substring(0, file.lastIndexOf('/') + 1);
        content.externalData().forEach((location, bytes) -> {
            Path data = folder.resolve(beside + location).normalize();
            if (!data.startsWith(folder.normalize())) {
                throw refused("has the graph " + file + ", whose weights would lie outside the folder, in " + location);
            }
            String relative = beside + location;
            if (!Files.isRegularFile(data)) {
                throw refused("has no file " + relative + ", which holds weights of " + file + "; fetch it too");
            }
            requireContent(folder, relative);
            requireBytes(data, relative, bytes);
            dataFiles.add(relative);
        });
        return new HubGraph(name, file, dtype, content, dataFiles);
    }

    private OnnxFile read(String file) {
        try {
            return OnnxFile.read(folder.resolve(file));
        } catch (OnnxFile.Broken e) {
            throw refused("has the file " + file + ", which " + e.getMessage() + "; fetch it again");
        } catch (IOException e) {
            throw unreadable(folder, file, e);
        }
    }

    private void requireBytes(Path data, String file, long bytes) {
        try {
            if (Files.size(data) < bytes) {
                throw refused("has the file " + file + " with " + Files.size(data) + " bytes of the " + bytes
                        + " that its graph reads, so it was cut short; fetch it again");
            }
        } catch (IOException e) {
            throw unreadable(folder, file, e);
        }
    }

    private List<String> graphFiles() {
        List<String> files = new ArrayList<>();
        for (Path place : List.of(folder.resolve("onnx"), folder)) {
            if (Files.isDirectory(place)) {
                try (Stream<Path> inside = Files.list(place)) {
                    inside.map(path -> folder.relativize(path).toString())
                            .filter(file -> file.endsWith(".onnx"))
                            .sorted()
                            .forEach(files::add);
                } catch (IOException e) {
                    throw unreadable(folder, place.getFileName().toString(), e);
                }
            }
        }
        return files;
    }

    private static String listed(List<String> files) {
        return files.isEmpty() ? "none" : String.join(", ", files);
    }

    /** The sentence for a folder that cannot be taken: what of it is wrong and what to do, without a full stop. */
    public BundleException refused(String why) {
        return refused(folder, why);
    }

    private static BundleException refused(Path folder, String why) {
        return new BundleException("The folder " + folder + " " + why + ".");
    }

    private static BundleException unreadable(Path folder, String file, IOException e) {
        return new BundleException("The file " + file + " in " + folder + " cannot be read to its end.", e);
    }

    private static Optional<JsonNode> json(Path folder, String file) {
        Path path = folder.resolve(file);
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        requireContent(folder, file);
        try {
            JsonNode json = new ObjectMapper().readTree(path.toFile());
            if (json.isObject()) {
                return Optional.of(json);
            }
            throw refused(folder, "has the file " + file + ", which is not a JSON object; fetch it again");
        } catch (JsonProcessingException e) {
            throw refused(folder, "has the file " + file + ", which is not valid JSON; fetch it again");
        } catch (IOException e) {
            throw unreadable(folder, file, e);
        }
    }

    private static void requireContent(Path folder, String file) {
        try (var in = Files.newInputStream(folder.resolve(file))) {
            if (Arrays.equals(in.readNBytes(LARGE_FILE_POINTER.length), LARGE_FILE_POINTER)) {
                throw refused(
                        folder,
                        "has in place of " + file + " only a pointer to it, as a clone without Git LFS leaves it; run"
                                + " 'git lfs pull' in it, or fetch it with the hub's own tool");
            }
        } catch (IOException e) {
            throw unreadable(folder, file, e);
        }
    }
}
