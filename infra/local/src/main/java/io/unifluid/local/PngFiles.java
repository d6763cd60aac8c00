package io.unifluid.local;

import io.unifluid.local.client.Pictures;
import io.unifluid.local.stack.EnvironmentProblem;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names and writes the pictures of one result. */
final class PngFiles {
    private final Path out;
    private final String name;

    /**
     * @param out a folder, a file, or null for the current folder
     * @param name what file names start with when {@code out} is not a file
     */
    PngFiles(Path out, String name) {
        this.out = out;
        this.name = name;
    }

    /** @throws IllegalArgumentException before any work when the place cannot be written */
    void requireWritable() {
        var folder = folder();
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new IllegalArgumentException("Pictures cannot be written to " + folder
                    + ": name a folder that exists and is writable with --out.");
        }
    }

    void write(InferenceResult result, Pictures pictures, boolean json) {
        var images = ((ImagesOutput) result.getOutput()).getImages();
        var node = JsonLines.object().put("status", "SUCCEEDED");
        var written = node.putArray("images");
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i);
            var file = file(i, images.size(), image.getSeed());
            try {
                Files.write(file, pictures.bytes(image));
            } catch (IOException e) {
                throw new EnvironmentProblem("The picture " + file + " cannot be written (" + e.getMessage() + ").", e);
            }
            written.addObject()
                    .put("file", file.toString())
                    .put("seed", image.getSeed())
                    .put("width", image.getWidth())
                    .put("height", image.getHeight());
            if (!json) {
                System.out.println(
                        file + "\t" + image.getWidth() + " x " + image.getHeight() + ", seed " + image.getSeed());
            }
        }
        if (json) {
            JsonLines.about(node, result);
            System.out.println(JsonLines.line(node));
        }
    }

    Path file(int index, int count, long seed) {
        if (out == null || Files.isDirectory(out)) {
            return (out == null ? Path.of("") : out).resolve(name + "-" + seed + ".png");
        }
        if (count == 1) {
            return out;
        }
        var given = out.getFileName().toString();
        var dot = given.lastIndexOf('.') > 0 ? given.lastIndexOf('.') : given.length();
        return out.resolveSibling(given.substring(0, dot) + "-" + (index + 1) + given.substring(dot));
    }

    private Path folder() {
        if (out == null) {
            return Path.of("").toAbsolutePath();
        }
        return Files.isDirectory(out) ? out : out.toAbsolutePath().getParent();
    }
}
