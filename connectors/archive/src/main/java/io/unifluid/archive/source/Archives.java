package io.unifluid.archive.source;

import io.unifluid.archive.ArchiveReader;
import io.unifluid.archive.Glob;
import io.unifluid.archive.ItemStream;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Selection;
import io.unifluid.blobs.S3Settings;
import io.unifluid.client.Failure;
import io.unifluid.client.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the words of a command line, or of a connector's settings, stand for. */
public final class Archives implements ArchiveReader {
    private final List<Stored.Tree> sources;
    private final Selection selection;
    private final boolean privateAddresses;

    private Archives(List<Stored.Tree> sources, Selection selection, boolean privateAddresses) {
        this.sources = List.copyOf(sources);
        this.selection = selection;
        this.privateAddresses = privateAddresses;
    }

    /**
     * @param given folders, files, patterns of them such as {@code shards/{00000..00099}.tar}, and
     *     {@code s3://bucket/prefix?endpoint=..}
     * @param privateAddresses whether the hosts of listed URLs may have addresses that are not on the public internet
     * @throws IllegalArgumentException one sentence, where one stands for nothing
     */
    public static Archives of(List<String> given, Selection selection, boolean privateAddresses) {
        return of(given, selection, privateAddresses, Optional.empty());
    }

    /**
     * @param credentials of all buckets; empty takes those of the environment
     * @throws IllegalArgumentException one sentence, where one stands for nothing
     */
    public static Archives of(
            List<String> given,
            Selection selection,
            boolean privateAddresses,
            Optional<S3Settings.Credentials> credentials) {
        var sources = new ArrayList<Stored.Tree>();
        for (var word : given) {
            if (word.startsWith("s3://")) {
                var bucket = S3Settings.parse(word);
                sources.add(bucket(credentials.map(bucket::withCredentials).orElse(bucket), selection));
            } else {
                files(word).forEach(file -> sources.add(local(file, selection)));
            }
        }
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("Name an archive: a folder, a file, or s3://bucket/prefix.");
        }
        return new Archives(sources, selection, privateAddresses);
    }

    /** Of objects below one prefix, with credentials that are given here. */
    public static Archives of(S3Settings bucket, Selection selection) {
        return new Archives(List.of(bucket(bucket, selection)), selection, false);
    }

    @Override
    public String name() {
        return sources.stream().map(Stored.Tree::name).collect(Collectors.joining("\n"));
    }

    @Override
    public ItemStream open(Position after, LeftOut leftOut) {
        return open(after, leftOut, _ -> true);
    }

    /**
     * @param files which files of a source are read at all, by their paths within it; the others are not even opened
     */
    public ItemStream open(Position after, LeftOut leftOut, Predicate<String> files) {
        return new ArchiveItems(
                sources, selection, new Urls(selection.byReference(), privateAddresses), after, leftOut, files);
    }

    /** Its sources, each as an archive of its own, whose positions do not depend on the others. */
    public List<Archives> each() {
        return sources.stream()
                .map(source -> new Archives(List.of(source), selection, privateAddresses))
                .toList();
    }

    /** Whether there is anything to share out by files: all is one file. */
    public boolean oneFile() {
        return sources.size() == 1 && sources.getFirst() instanceof NamedFile;
    }

    @Override
    public boolean countable() {
        return sources.stream().allMatch(Archives::countable);
    }

    private static boolean countable(Stored.Tree tree) {
        return switch (tree) {
            case NamedFile(var file) -> {
                var name = file.toString().toLowerCase(Locale.ROOT);
                yield !name.endsWith(".gz") && !name.endsWith(".tgz");
            }
            case FolderFiles _ -> true;
            default -> false;
        };
    }

    /** The folders and files themselves, to see whether a place lies in one of them. */
    public List<Path> local() {
        return sources.stream()
                .filter(tree -> !(tree instanceof BucketFiles))
                .map(tree -> Path.of(tree.name()))
                .toList();
    }

    private static Stored.Tree local(Path file, Selection selection) {
        return Files.isDirectory(file) ? new FolderFiles(file, selection) : new NamedFile(file);
    }

    private static Stored.Tree bucket(S3Settings bucket, Selection selection) {
        return new BucketFiles(bucket, selection);
    }

    private static List<Path> files(String word) {
        var file = path(word);
        if (Files.exists(file)) {
            return List.of(file);
        }
        if (!Glob.is(word)) {
            throw new IllegalArgumentException(
                    "There is no file or folder " + word + ": check the spelling and try again.");
        }
        var found = new ArrayList<Path>();
        for (var choice : Glob.choices(word)) {
            if (choice.matches("[^*?\\[]*")) {
                if (!Files.exists(path(choice))) {
                    throw new IllegalArgumentException("There is no file or folder " + choice + ", which " + word
                            + " stands for: check the numbers and try again.");
                }
                found.add(path(choice));
            } else {
                found.addAll(matching(choice));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("Nothing matches " + word + ": check the spelling and try again.");
        }
        return found;
    }

    /** In the order of their names. */
    private static List<Path> matching(String pattern) {
        int special = 0;
        while ("*?[".indexOf(pattern.charAt(special)) < 0) {
            special++;
        }
        int slash = pattern.lastIndexOf('/', special);
        var base = path(slash < 0 ? "." : slash == 0 ? "/" : pattern.substring(0, slash));
        var rest = pattern.substring(slash + 1);
        var glob = Glob.of(rest.contains("/") ? rest : "/" + rest);
        var found = new ArrayList<Path>();
        if (!Files.isDirectory(base)) {
            return found;
        }
        int depth = rest.contains("**")
                ? Integer.MAX_VALUE
                : (int) rest.chars().filter(c -> c == '/').count() + 1;
        try (var walk = Files.walk(base, depth)) {
            walk.filter(file -> !file.equals(base))
                    .filter(file -> {
                        var path = base.relativize(file).toString();
                        return glob.matches(rest.contains("/") ? path : "/" + path);
                    })
                    .map(file -> slash < 0 ? base.relativize(file) : file)
                    .sorted((one, other) -> Position.compareFiles(one.toString(), other.toString()))
                    .forEach(found::add);
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new IllegalArgumentException(
                    "The files of " + pattern + " cannot be listed (" + Why.of(e) + "): check the folder's rights.", e);
        }
        return found;
    }

    private static Path path(String word) {
        try {
            return Path.of(word);
        } catch (java.nio.file.InvalidPathException e) {
            throw new IllegalArgumentException(
                    "'" + word + "' is no name of a file (" + e.getReason() + "): check the spelling.", e);
        }
    }

    /** One file that was named. */
    private record NamedFile(Path file) implements Stored.Tree {
        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public Stored.Listing list(String from, LeftOut leftOut) {
            return new Stored.Listing() {
                private boolean done;

                @Override
                public Stored.Entry next() {
                    if (done) {
                        return null;
                    }
                    done = true;
                    try {
                        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
                        return new Stored.Entry.Found(
                                new FolderFiles.OnDisk("", file, OptionalLong.of(attributes.size())));
                    } catch (NoSuchFileException e) {
                        return failed("The file is not there any more.");
                    } catch (IOException e) {
                        return failed("The file cannot be read (" + Why.of(e) + ").");
                    }
                }

                private static Stored.Entry failed(String sentence) {
                    return new Stored.Entry.Failed("", new Failure(Failure.UNREADABLE, sentence));
                }

                @Override
                public void close() {}
            };
        }
    }
}
