package io.unifluid.archive.source;

import io.unifluid.archive.ItemException;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Selection;
import io.unifluid.client.Failure;
import io.unifluid.client.PictureSigns;
import io.unifluid.client.Why;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The files below a folder, in the order of their paths. In memory are the names of the folders that it stands in.
 *
 * <p>Links are followed where that is asked for, and never out of the folder: what leads out is an error of its own. A
 * linked folder is entered by its first link only, and not where it leads round in a circle.
 */
final class FolderFiles implements Stored.Tree {
    /** What a run keeps beside its rows. */
    static final String STATE = "_unifluid";

    private final Path root;
    private final Selection selection;

    FolderFiles(Path root, Selection selection) {
        this.root = root;
        this.selection = selection;
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public Stored.Listing list(String from, LeftOut leftOut) {
        return new Walk(from, leftOut);
    }

    private final class Walk implements Stored.Listing {
        private final String from;
        private final LeftOut leftOut;
        private final Deque<Iterator<Child>> open = new ArrayDeque<>();
        private final Set<Path> enteredByLink = new HashSet<>();
        private Path realRoot;

        Walk(String from, LeftOut leftOut) {
            this.from = from;
            this.leftOut = leftOut;
        }

        @Override
        public Stored.Entry next() {
            if (realRoot == null) {
                var failed = enterRoot();
                if (failed.isPresent()) {
                    return failed.get();
                }
            }
            while (!open.isEmpty()) {
                if (!open.peek().hasNext()) {
                    open.pop();
                    continue;
                }
                var child = open.peek().next();
                if (child.folder() ? beforeAll(child.path()) : Position.compareFiles(child.path(), from) < 0) {
                    continue;
                }
                var entry = child.folder() ? enter(child) : found(child);
                if (entry.isPresent()) {
                    return entry.get();
                }
            }
            return null;
        }

        @Override
        public void close() {
            open.clear();
        }

        /** Whether all that is below this folder lies before the beginning. */
        private boolean beforeAll(String folder) {
            return !from.startsWith(folder) && Position.compareFiles(folder, from) < 0;
        }

        private Optional<Stored.Entry> enterRoot() {
            try {
                realRoot = root.toRealPath();
                open.push(children(root, "").iterator());
                return Optional.empty();
            } catch (IOException e) {
                realRoot = root;
                return failed("", "The folder", e);
            }
        }

        private Optional<Stored.Entry> enter(Child folder) {
            try {
                open.push(children(folder.file(), folder.path()).iterator());
                return Optional.empty();
            } catch (IOException e) {
                return failed(folder.path(), "The folder", e);
            }
        }

        private Optional<Stored.Entry> found(Child child) {
            return Optional.of(child.failure()
                    .<Stored.Entry>map(failure -> new Stored.Entry.Failed(child.path(), failure))
                    .orElseGet(() -> new Stored.Entry.Found(
                            new OnDisk(child.path(), child.file(), OptionalLong.of(child.size())))));
        }

        private Optional<Stored.Entry> failed(String path, String what, IOException e) {
            return Optional.of(new Stored.Entry.Failed(
                    path, new Failure(Failure.UNREADABLE, what + " cannot be read (" + Why.of(e) + ").")));
        }

        private List<Child> children(Path folder, String path) throws IOException {
            var children = new ArrayList<Child>();
            try (var listed = Files.newDirectoryStream(folder)) {
                for (var file : listed) {
                    child(file, path + name(file)).ifPresent(children::add);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            children.sort((one, other) -> Position.compareFiles(one.path(), other.path()));
            return children;
        }

        private Optional<Child> child(Path file, String path) {
            var name = file.getFileName().toString();
            if (name.equals(STATE)) {
                return Optional.empty();
            }
            if (name.startsWith(".") && !selection.hidden()) {
                leftOut.hidden();
                return Optional.empty();
            }
            try {
                var own = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (own.isSymbolicLink()) {
                    return linked(file, path);
                }
                return own.isDirectory() ? Optional.of(Child.folder(file, path)) : regular(file, path, own);
            } catch (IOException e) {
                return Optional.of(Child.failed(file, path, "The file cannot be read (" + Why.of(e) + ")."));
            }
        }

        private Optional<Child> linked(Path link, String path) {
            if (!selection.links()) {
                leftOut.link();
                return Optional.empty();
            }
            try {
                var meant = link.toRealPath();
                if (!meant.startsWith(realRoot)) {
                    return Optional.of(
                            Child.failed(link, path, "The link leads out of the archive's folder, to " + meant + "."));
                }
                var attributes = Files.readAttributes(meant, BasicFileAttributes.class);
                if (!attributes.isDirectory()) {
                    return regular(link, path, attributes);
                }
                if (link.toAbsolutePath().getParent().toRealPath().startsWith(meant) || !enteredByLink.add(meant)) {
                    leftOut.link();
                    return Optional.empty();
                }
                return Optional.of(Child.folder(link, path));
            } catch (IOException e) {
                return Optional.of(
                        Child.failed(link, path, "The link leads to nothing that can be read (" + Why.of(e) + ")."));
            }
        }

        private Optional<Child> regular(Path file, String path, BasicFileAttributes attributes) {
            if (!attributes.isRegularFile()) {
                leftOut.special();
                return Optional.empty();
            }
            return Optional.of(new Child(file, path, false, attributes.size(), Optional.empty()));
        }

        /** Two names whose bytes are no text would look the same; these are written with their bytes. */
        private static String name(Path file) {
            var name = file.getFileName().toString();
            if (name.indexOf('\ufffd') < 0) {
                return name;
            }
            var raw = file.toUri().getRawPath();
            var end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
            return raw.substring(raw.lastIndexOf('/', end - 1) + 1, end);
        }
    }

    /** @param path ends with a slash where it is a folder, so that the order is that of all paths below */
    private record Child(Path file, String path, boolean folder, long size, Optional<Failure> failure) {
        static Child folder(Path file, String path) {
            return new Child(file, path + "/", true, 0, Optional.empty());
        }

        static Child failed(Path file, String path, String message) {
            return new Child(file, path, false, 0, Optional.of(new Failure(Failure.UNREADABLE, message)));
        }
    }

    /** A file of this machine. */
    record OnDisk(String path, Path file, OptionalLong size) implements Stored {
        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public byte[] load() throws ItemException {
            try (var in = Files.newInputStream(file)) {
                return PictureBytes.of(in, OptionalLong.empty());
            } catch (IOException e) {
                throw PictureBytes.unreadable(e);
            }
        }

        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public Path local() {
            return file;
        }

        @Override
        public boolean picture() throws IOException {
            return PictureSigns.in(file);
        }

        @Override
        public Optional<String> uri() {
            return Optional.of(file.toAbsolutePath().toUri().toString());
        }
    }
}
