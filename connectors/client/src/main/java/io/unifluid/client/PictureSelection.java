package io.unifluid.client;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the paths of a command line stand for: a file for itself, whatever it is, and a folder for the pictures below it.
 *
 * <p>Links are followed, to files and to folders. A folder is entered once, however many links lead to it, and by its own
 * name rather than by a link's; a file that has several names is taken by each of them.
 *
 * @param pictures first those that are named, then those of folders in order of names; each once
 * @param unreadable files, folders and links that could not be looked at: failures of their own
 * @param leftOut what lies in the folders besides
 */
public record PictureSelection(List<Path> pictures, List<Answered> unreadable, LeftOut leftOut) {
    public PictureSelection {
        pictures = List.copyOf(pictures);
        unreadable = List.copyOf(unreadable);
    }

    /**
     * @param all take every file of a folder, but hidden ones
     * @throws IllegalArgumentException with one sentence for a path that does not exist, or when nothing is left
     */
    public static PictureSelection of(List<Path> given, boolean all) {
        var walk = new Walk(all);
        given.forEach(walk::take);
        walk.enterFolders();
        var selection = new PictureSelection(walk.pictures, walk.unreadable, walk.leftOut);
        if (walk.pictures.isEmpty() && walk.unreadable.isEmpty()) {
            throw new IllegalArgumentException(
                    walk.leftOut.isEmpty()
                            ? "There are no files in " + given.getFirst() + "."
                            : "There are no pictures in " + given.getFirst() + ": "
                                    + walk.leftOut.sentence().orElseThrow() + ".");
        }
        return selection;
    }

    private static final class Walk {
        private final boolean all;
        private final List<Path> pictures = new ArrayList<>();
        private final List<Path> folders = new ArrayList<>();
        private final List<Answered> unreadable = new ArrayList<>();
        private final LeftOut leftOut = new LeftOut();
        private final Set<Path> entered = new HashSet<>();
        /** Files that are named, by the folder that they really are in; not also those of folders, which may be millions. */
        private final Set<Path> named = new HashSet<>();

        private final Deque<Path> linked = new ArrayDeque<>();

        Walk(boolean all) {
            this.all = all;
        }

        void take(Path given) {
            try {
                if (Files.readAttributes(given, BasicFileAttributes.class).isDirectory()) {
                    folders.add(given);
                } else if (named.add(real(given))) {
                    pictures.add(given);
                }
            } catch (IOException e) {
                if (Files.isSymbolicLink(given) || e instanceof AccessDeniedException) {
                    failed(given, e);
                } else {
                    throw new IllegalArgumentException(
                            e instanceof NoSuchFileException
                                    ? "There is no file or folder " + given + ": check the spelling and try again."
                                    : given + " cannot be read (" + Why.of(e) + "): name a file or a folder.",
                            e);
                }
            }
        }

        void enterFolders() {
            folders.forEach(this::enterOrFail);
            // Last, so that what has a place of its own below the given folders is found there.
            while (!linked.isEmpty()) {
                enterOrFail(linked.poll());
            }
        }

        private void enterOrFail(Path folder) {
            try {
                enter(folder);
            } catch (IOException e) {
                failed(folder, e);
            }
        }

        private void enter(Path folder) throws IOException {
            var real = folder.toRealPath();
            if (!entered.add(real)) {
                return;
            }
            var entries = new ArrayList<Path>();
            try (var listed = Files.newDirectoryStream(folder)) {
                listed.forEach(entries::add);
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            entries.sort(null);
            for (var entry : entries) {
                try {
                    look(entry, real);
                } catch (IOException e) {
                    failed(entry, e);
                }
            }
        }

        private void look(Path entry, Path folder) throws IOException {
            if (entry.getFileName().toString().startsWith(".")) {
                leftOut.hidden();
                return;
            }
            var own = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            var meant = own.isSymbolicLink() ? Files.readAttributes(entry, BasicFileAttributes.class) : own;
            if (meant.isDirectory()) {
                if (own.isSymbolicLink()) {
                    linked.add(entry);
                } else {
                    enter(entry);
                }
            } else if (!meant.isRegularFile()) {
                leftOut.special();
            } else if (named.isEmpty() || !named.contains(folder.resolve(entry.getFileName()))) {
                if (all || PictureSigns.in(entry)) {
                    pictures.add(entry);
                } else {
                    leftOut.file(entry);
                }
            }
        }

        private static Path real(Path file) throws IOException {
            return file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
        }

        private void failed(Path entry, IOException e) {
            var what = Files.isSymbolicLink(entry)
                    ? "The link leads to nothing that can be read (" + target(entry) + Why.of(e) + ")."
                    : (Files.isDirectory(entry) ? "The folder" : "The file") + " cannot be read (" + Why.of(e) + ").";
            unreadable.add(Answered.unsent(entry, new Failure(Failure.UNREADABLE, what)));
        }

        private static String target(Path link) {
            try {
                return Files.readSymbolicLink(link) + ": ";
            } catch (IOException e) {
                return "";
            }
        }
    }
}
