package io.unifluid.blobs.fetch;

import io.unifluid.blobs.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * {@code file:} pictures, only from under the allowed roots. A path is judged twice: as written, before the disk is
 * touched, so that a stranger cannot learn what exists elsewhere; and as it is once every symbolic link is resolved.
 */
final class FilePictures {
    private final FetchSettings settings;
    private final List<Path> roots;

    FilePictures(FetchSettings settings) {
        this.settings = settings;
        this.roots = settings.allowedRoots().stream()
                .map(root -> root.toAbsolutePath().normalize())
                .toList();
    }

    byte[] read(String uri) {
        Path written = path(uri);
        if (roots.stream().noneMatch(written::startsWith)) {
            throw refused(written);
        }
        try {
            Path real = written.toRealPath();
            if (!liesUnderARoot(real)) {
                throw refused(written);
            }
            return bytes(written, real);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw FetchException.badInput(
                    "There is no picture file " + Redaction.text(written.toString()) + " on the worker's machine.", e);
        } catch (AccessDeniedException e) {
            throw FetchException.badInput(
                    "The worker may not read the picture file " + Redaction.text(written.toString())
                            + ": give its user the permission.",
                    e);
        } catch (IOException e) {
            throw FetchException.passing(
                    "The picture file " + Redaction.text(written.toString()) + " could not be read ("
                            + FileProblem.reason(e) + ").",
                    e);
        }
    }

    private byte[] bytes(Path written, Path real) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw FetchException.badInput("The picture " + Redaction.text(written.toString())
                    + " is not a regular file: name a picture file.");
        }
        if (attributes.size() > settings.maxBytes()) {
            throw Redaction.tooLarge(written.toString(), settings.maxBytes());
        }
        try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes((int) settings.maxBytes() + 1);
            if (bytes.length > settings.maxBytes()) {
                throw Redaction.tooLarge(written.toString(), settings.maxBytes());
            }
            return bytes;
        }
    }

    private boolean liesUnderARoot(Path real) throws IOException {
        for (Path root : roots) {
            if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                return true;
            }
        }
        return false;
    }

    private static Path path(String uri) {
        try {
            return Path.of(URI.create(uri)).normalize();
        } catch (IllegalArgumentException e) {
            throw FetchException.badInput(
                    "The picture URI " + Redaction.text(uri)
                            + " is not a file on the worker's machine: write file:/absolute/path, with spaces as %20.",
                    e);
        }
    }

    private static FetchException refused(Path written) {
        return FetchException.badInput("The picture file " + Redaction.text(written.toString())
                + " lies outside the folders that this worker may read: move it or add its folder to "
                + FetchSettings.ROOTS + ".");
    }
}
