package io.unifluid.cli;

import io.unifluid.client.PictureSigns;
import io.unifluid.client.Why;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Names and writes the pictures of one result. A name that the user gave and that is taken is refused before the work;
 * one that was made up gives way to the next free one. Nothing is replaced unless that is asked for.
 */
final class PngFiles {
    private static final String PNG = ".png";

    private final Path folder;
    private final String name;
    private final String ending;
    private final boolean given;
    private final int count;
    private final boolean force;

    /**
     * @param out a folder, a file, or null for the current folder
     * @param name what file names start with when {@code out} is not a file
     * @param count of pictures
     * @param force replace what is there
     */
    PngFiles(String out, String name, int count, boolean force) {
        var place = Path.of(out == null ? "" : out);
        this.given = out != null && !out.endsWith("/") && !Files.isDirectory(place);
        this.folder = given ? place.resolveSibling("") : place;
        var last = given ? place.getFileName().toString() : name;
        var hasEnding = given && last.toLowerCase(Locale.ROOT).endsWith(PNG) && last.length() > PNG.length();
        this.name = hasEnding ? last.substring(0, last.length() - PNG.length()) : last;
        this.ending = hasEnding ? last.substring(last.length() - PNG.length()) : PNG;
        this.count = count;
        this.force = force;
    }

    /** @throws IllegalArgumentException before any work, when the place cannot be written or the names are taken */
    void requireWritable() {
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new IllegalArgumentException("Pictures cannot be written to " + folder.toAbsolutePath()
                    + ": name a folder that exists and is writable with --out.");
        }
        if (given && PictureSigns.named(name)) {
            throw new IllegalArgumentException(
                    "--out names " + name + ", but pictures are written as PNG: name a file that ends in .png.");
        }
        if (given && !force) {
            IntStream.range(0, count)
                    .mapToObj(index -> place(index, 0))
                    .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
                    .findFirst()
                    .ifPresent(file -> {
                        throw new IllegalArgumentException(
                                file + " is there already: name another file with --out, or replace it with --force.");
                    });
        }
    }

    void write(InferenceResult result, Function<GeneratedImage, byte[]> bytes, Screen screen, boolean json) {
        var images = ((ImagesOutput) result.getOutput()).getImages();
        var node = JsonLines.object().put("status", "SUCCEEDED");
        var written = node.putArray("images");
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i);
            var file = write(place(i, image.getSeed()), bytes.apply(image));
            written.addObject()
                    .put("file", file.toString())
                    .put("seed", image.getSeed())
                    .put("width", image.getWidth())
                    .put("height", image.getHeight());
            if (!json) {
                screen.results(
                        file.toString(), image.getWidth() + " x " + image.getHeight() + ", seed " + image.getSeed());
            }
        }
        if (json) {
            JsonLines.about(node, result);
            screen.json(node);
        }
    }

    /** Where a picture belongs. */
    Path place(int index, long seed) {
        var number = count == 1 ? "" : "-" + (index + 1);
        return folder.resolve(name + (given ? number : "-" + seed) + ending);
    }

    /** @return where it is, which is another place when that one was taken */
    private Path write(Path place, byte[] bytes) {
        try {
            if (force) {
                return Files.write(place, bytes);
            }
            var file = place;
            for (int next = 2; ; next++) {
                try {
                    return Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                } catch (FileAlreadyExistsException e) {
                    var taken = place.getFileName().toString();
                    file = place.resolveSibling(
                            taken.substring(0, taken.length() - PNG.length()) + "-" + next + ending);
                }
            }
        } catch (IOException e) {
            throw new EnvironmentProblem("The picture " + place + " cannot be written (" + Why.of(e) + ").", e);
        }
    }
}
