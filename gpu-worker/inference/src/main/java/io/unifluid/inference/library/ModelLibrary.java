package io.unifluid.inference.library;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.BundleOutline;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.families.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models that were imported on this machine, each a bundle in a folder of its name, beside the one that comes with the
 * project; and which of them is used where none is named.
 */
public final class ModelLibrary {
    /** As requests may name a model, and a folder of every file system. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final String USED = "used";

    private final Path folder;
    private final Optional<Path> shipped;

    /**
     * @param folder of all models; need not be there
     * @param shipped the bundle that comes with the project, where there is a project
     */
    public ModelLibrary(Path folder, Optional<Path> shipped) {
        this.folder = folder;
        this.shipped = shipped;
    }

    /**
     * A model that can be named.
     *
     * @param outline empty where its bundle.json cannot be read
     * @param problem why not, one sentence; empty where it can
     * @param used whether it runs where none is named
     */
    public record Entry(
            String name, Path folder, Optional<BundleOutline> outline, Optional<String> problem, boolean used) {}

    public Path folder() {
        return folder;
    }

    /** All models by name, the shipped one first. */
    public List<Entry> all() {
        String used = used().orElse("");
        List<Entry> entries = new ArrayList<>();
        shippedName().ifPresent(name -> entries.add(entry(name, shipped.orElseThrow(), used)));
        for (String name : imported()) {
            entries.add(entry(name, folder.resolve(name), used));
        }
        return List.copyOf(entries);
    }

    private Entry entry(String name, Path bundle, String used) {
        boolean isUsed = used.isEmpty() ? shipped.filter(bundle::equals).isPresent() : name.equals(used);
        try {
            return new Entry(name, bundle, Optional.of(ModelBundle.outline(bundle)), Optional.empty(), isUsed);
        } catch (BundleException e) {
            return new Entry(name, bundle, Optional.empty(), Optional.of(e.getMessage()), isUsed);
        }
    }

    private List<String> imported() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> NAME.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BundleException("The folder of models " + folder + " cannot be read.", e);
        }
    }

    private Optional<String> shippedName() {
        try {
            return shipped.map(bundle -> ModelBundle.card(bundle).name());
        } catch (BundleException e) {
            return Optional.empty(); // no complete checkout; whoever starts it is told so
        }
    }

    /**
     * What {@link Models#open} takes for what a person named: {@code noop}, a model of this library, or a folder. A name of
     * the library goes before a folder of that name, which {@code ./NAME} means.
     */
    public String resolve(String given) {
        if (given.equals(Models.NO_OP)) {
            return given;
        }
        return find(given)
                .map(Path::toString)
                .orElseGet(() -> Path.of(given).toAbsolutePath().toString());
    }

    /** The folder of a model by its name. */
    public Optional<Path> find(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        if (shippedName().filter(name::equals).isPresent()) {
            return shipped;
        }
        return Optional.of(folder.resolve(name)).filter(Files::isDirectory);
    }

    /**
     * The folder of a model by its name.
     *
     * @throws BundleException if there is none, naming those that there are
     */
    public Path get(String name) {
        return find(name).orElseThrow(() -> {
            List<String> names = all().stream().map(Entry::name).toList();
            return new BundleException("There is no model " + name + " here; "
                    + (names.isEmpty() ? "there is none at all" : "there are " + String.join(", ", names))
                    + ": import one with './unifluid model import FOLDER'.");
        });
    }

    /** Which model runs where none is named; empty for the shipped one. Whether it is there is not looked at. */
    public Optional<String> used() {
        try {
            String name = Files.readString(folder.resolve(USED)).strip();
            return Optional.of(name).filter(it -> NAME.matcher(it).matches());
        } catch (IOException e) {
            return Optional.empty(); // nobody has chosen
        }
    }

    /** The folder of the model that was chosen to run where none is named, also if it is not there any more. */
    public Optional<Path> inUse() {
        return used().map(name -> find(name).orElse(folder.resolve(name)));
    }

    /**
     * From now on this model runs where none is named.
     *
     * @throws BundleException if there is no such model, or the choice cannot be kept
     */
    public void use(String name) {
        get(name);
        try {
            Files.createDirectories(folder);
            Path next = Files.createTempFile(folder, ".used", "");
            Files.writeString(next, name + "\n");
            Files.move(next, folder.resolve(USED), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new BundleException("The choice cannot be kept in " + folder + "; see that it can be written.", e);
        }
    }

    /**
     * Whether a new model may have this name.
     *
     * @throws BundleException with one sentence, if not
     */
    void requireFree(String name) {
        if (!NAME.matcher(name).matches() || name.equals(Models.NO_OP) || name.equals(USED)) {
            throw new BundleException("A model cannot be called '" + name
                    + "': give it a name of letters, digits and . _ -, 64 at most, with --as.");
        }
        find(name).ifPresent(taken -> {
            throw new BundleException("There is a model " + name + " already, in " + taken
                    + ": give this one another name with --as, or remove that folder first.");
        });
    }
}
