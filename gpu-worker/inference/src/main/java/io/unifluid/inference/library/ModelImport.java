package io.unifluid.inference.library;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.Sha256;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.HubFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes a bundle of a folder, as it comes from a public hub or as a bundle from elsewhere, and puts it into a library: copied,
 * with checksums and a model card, tested once. It is there whole or not at all. Nothing is fetched.
 */
public final class ModelImport {
    private static final String MANIFEST = "bundle.json";
    private static final String UNFINISHED = ".import-";
    private static final List<String> LICENCE_FILES =
            List.of("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "NOTICE", "NOTICE.txt");
    /** A commit of a repository, as folders of the hub's own cache are called. */
    private static final Pattern REVISION = Pattern.compile("[0-9a-f]{40}");

    private final ModelLibrary library;

    public ModelImport(ModelLibrary library) {
        this.library = library;
    }

    /**
     * A model that is now in the library.
     *
     * @param seen what the self-test saw, a line each
     */
    public record Imported(String name, Path folder, List<String> seen) {}

    /** What goes into the new bundle: its bundle.json but for the checksums, and its files, relative to the folder. */
    private record Content(ObjectNode manifest, Set<String> files) {}

    /**
     * Imports a folder.
     *
     * @throws BundleException with one sentence, if it cannot be taken; nothing is left of it then
     */
    public Imported take(Path folder, ImportWishes wishes) throws InterruptedException {
        Path source = folder.toAbsolutePath().normalize();
        Content content = Files.isRegularFile(source.resolve(MANIFEST)) ? bundle(source, wishes) : hub(source, wishes);
        String name = content.manifest().path("name").asText();
        library.requireFree(name);
        Path unfinished = null;
        try {
            Files.createDirectories(library.folder());
            removeAbandoned();
            unfinished = Files.createTempDirectory(
                    library.folder(), UNFINISHED + ProcessHandle.current().pid() + "-");
            requireRoom(source, content.files());
            write(source, content, unfinished);
            List<String> seen = SelfTest.run(ModelBundle.open(unfinished));
            Path target = library.folder().resolve(name);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            return new Imported(name, target, seen);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            library.requireFree(name);
            throw unwritable(e);
        } catch (IOException e) {
            throw unwritable(e);
        } catch (BundleException e) {
            throw unfinished == null
                    ? e
                    : new BundleException(e.getMessage().replace(unfinished.toString(), source.toString()), e);
        } finally {
            if (unfinished != null) {
                remove(unfinished);
            }
        }
    }

    private BundleException unwritable(IOException e) {
        return new BundleException(
                "The model cannot be written to " + library.folder() + " (" + e.getMessage()
                        + "); see that there is room and that the folder can be written.",
                e);
    }

    private static Content bundle(Path source, ImportWishes wishes) {
        ModelBundle bundle = ModelBundle.open(source);
        ObjectNode manifest = read(source.resolve(MANIFEST));
        wishes.licence().filter(licence -> !licence.equals(bundle.licence())).ifPresent(_ -> {
            throw new BundleException(
                    "The bundle " + source + " states its licence, " + bundle.licence() + ": leave --licence out.");
        });
        manifest.put("name", wishes.name().orElse(bundle.name()));
        wishes.purpose().ifPresent(purpose -> manifest.put("purpose", purpose));
        SortedSet<String> files = new TreeSet<>();
        manifest.path("sha256").fieldNames().forEachRemaining(files::add);
        return new Content(manifest, files);
    }

    private static ObjectNode read(Path file) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new BundleException("The file " + file + " cannot be read to its end.", e);
        }
    }

    private static Content hub(Path source, ImportWishes wishes) {
        HubFolder folder = HubFolder.open(source, wishes.dtypes());
        BundleDraft draft = Models.recognise(folder);
        HubReadme readme = HubReadme.of(folder);
        SortedSet<String> files = new TreeSet<>(draft.files());
        files.forEach(folder::file);
        Stream.concat(LICENCE_FILES.stream(), Stream.of(HubReadme.FILE))
                .filter(folder::has)
                .forEach(files::add);
        ObjectNode manifest = new ObjectMapper().createObjectNode();
        manifest.put("format", 1);
        manifest.set("family", draft.manifest().get("family"));
        manifest.put("name", wishes.name().orElseGet(() -> name(folder)));
        manifest.put("version", "");
        manifest.put("licence", licence(folder, readme, wishes, files));
        manifest.setAll(draft.manifest());
        wishes.purpose().ifPresent(purpose -> manifest.put("purpose", purpose));
        card(folder, readme, manifest.withObject("/card"));
        return new Content(manifest, files);
    }

    private static void card(HubFolder folder, HubReadme readme, ObjectNode card) {
        fill(
                card,
                "trainedOn",
                readme.datasets().isEmpty()
                        ? "Its folder does not say on what."
                        : "Data sets named by its README: " + String.join(", ", readme.datasets()) + ".");
        if (!readme.languages().isEmpty()) {
            fill(card, "languages", "By its README: " + String.join(", ", readme.languages()) + ".");
        }
        fill(card, "measured", "Nothing of it was measured by whoever imported it.");
        String origin = folder.config().path("_name_or_path").asText("");
        fill(card, "source", origin.isBlank() ? "A folder " + name(folder) + "." : "It calls itself " + origin + ".");
    }

    private static void fill(ObjectNode card, String subject, String sentence) {
        if (!card.has(subject)) {
            card.put(subject, sentence);
        }
    }

    private static String licence(HubFolder folder, HubReadme readme, ImportWishes wishes, SortedSet<String> files) {
        if (wishes.licence().isPresent()) {
            return wishes.licence().get();
        }
        readme.licenceFile().ifPresent(file -> {
            if (!folder.has(file)) {
                throw folder.refused(
                        "names " + file + " as the text of its licence and has no such file; fetch it, or give"
                                + " the licence with --licence ID when you have read it where the model is published");
            }
            files.add(file);
        });
        return readme.licence()
                .orElseThrow(
                        () -> folder.refused(
                                "does not state a licence"
                                        + LICENCE_FILES.stream()
                                                .filter(folder::has)
                                                .findFirst()
                                                .map(file -> ", although it has a " + file)
                                                .orElse("")
                                        + "; read it where the model is published and give it with --licence, for example --licence Apache-2.0"));
    }

    /** As the folder is called, or the repository of which the hub's own cache has made the folder. */
    private static String name(HubFolder folder) {
        Path path = folder.folder();
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        if (REVISION.matcher(name).matches() && path.getNameCount() > 2) {
            String repository = path.getName(path.getNameCount() - 3).toString();
            name = repository.substring(repository.lastIndexOf("--") < 0 ? 0 : repository.lastIndexOf("--") + 2);
        }
        return name;
    }

    private void requireRoom(Path source, Set<String> files) throws IOException {
        long bytes = 0;
        for (String file : files) {
            bytes += Files.size(source.resolve(file));
        }
        long room = Files.getFileStore(library.folder()).getUsableSpace();
        if (bytes > room) {
            throw new BundleException("The model has " + (bytes >> 20) + " MiB and " + library.folder()
                    + " has room for " + (room >> 20) + "; make room there, or let UNIFLUID_HOME name another folder.");
        }
    }

    private static void write(Path source, Content content, Path target) throws IOException {
        ObjectNode manifest = content.manifest();
        JsonNode stated = manifest.path("sha256").deepCopy();
        ObjectNode checksums = manifest.putObject("sha256");
        StringBuilder all = new StringBuilder();
        for (String file : content.files()) {
            Path to = target.resolve(file).normalize();
            Files.createDirectories(to.getParent());
            String checksum = Sha256.copy(source.resolve(file), to);
            if (stated.has(file) && !stated.path(file).asText().equalsIgnoreCase(checksum)) {
                throw new BundleException("The file " + file + " in " + source + " changed while it was copied.");
            }
            checksums.put(file, checksum);
            all.append(checksum).append(' ').append(file).append('\n');
        }
        if (manifest.path("version").asText().isEmpty()) {
            // Of its files: the same model has the same version wherever it is imported.
            manifest.put("version", Sha256.of(all.toString()).substring(0, 12));
        }
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(target.resolve(MANIFEST).toFile(), manifest);
    }

    /** What an import left behind that was killed. */
    private void removeAbandoned() throws IOException {
        try (Stream<Path> inside = Files.list(library.folder())) {
            inside.filter(path -> path.getFileName().toString().startsWith(UNFINISHED))
                    .filter(path -> abandoned(path.getFileName().toString()))
                    .forEach(ModelImport::remove);
        }
    }

    private static boolean abandoned(String name) {
        String[] parts = name.substring(UNFINISHED.length()).split("-");
        return Optional.of(parts[0])
                .filter(pid -> pid.matches("\\d{1,18}"))
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
                .isEmpty();
    }

    private static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
