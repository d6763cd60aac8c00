package io.unifluid.inference;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where tests find bundles and pictures; src/test/python/make_fixtures.py wrote them. */
public final class Fixtures {
    private Fixtures() {}

    /** A bundle of toy graphs whose answers can be told by hand. */
    public static Path tinyBundle() {
        return resource("tiny-bundle");
    }

    /** A classifier of three colours; src/test/python/make_classifiers.py wrote it. */
    public static Path tinyClassifier() {
        return resource("tiny-classifier");
    }

    /** The same as a folder from a public hub. */
    public static Path hubClassifier() {
        return resource("hub-classifier");
    }

    /** Copies a folder, for a test that breaks it. */
    public static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    public static byte[] picture(String name) {
        return bytes("pictures", name);
    }

    /** A file of the table of formats and variants; src/test/python/make_variants.py wrote them. */
    public static byte[] variant(String name) {
        return bytes("variants", name);
    }

    private static byte[] bytes(String folder, String name) {
        try {
            return Files.readAllBytes(resource(folder).resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The folder of the reference model, where its bundle and golden outputs have been exported. */
    public static Optional<Path> referenceModel() {
        Path folder = Path.of(System.getProperty("unifluid.reference-model", "../reference-model"));
        return Files.isRegularFile(folder.resolve("golden/golden.json")) ? Optional.of(folder) : Optional.empty();
    }

    private static Path resource(String name) {
        try {
            return Path.of(Fixtures.class.getResource("/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
