package io.unifluid.cli;

import io.unifluid.blobs.BlobKey;
import io.unifluid.client.TopicWriter;
import io.unifluid.moderation.event.HashRecords;
import io.unifluid.moderation.event.Keys;
import io.unifluid.moderation.file.HashListFile;
import io.unifluid.moderation.hash.HashEntry;
import io.unifluid.moderation.operations.Recorded;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.schemas.HashListEntry;
import io.unifluid.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks after lists of known pictures. */
@Command(
        name = "lists",
        description = "Look after lists of known pictures, which decide without the model.",
        mixinStandardHelpOptions = true,
        subcommands = CommandLine.HelpCommand.class)
final class HashListsCommand extends CommandGroup {
    private final Screen screen = Screen.standard();

    HashListsCommand() {
        super("add, remove, show or hash");
    }

    @Command(
            name = "add",
            description = {
                "Put the entries of files on a list: one a line, 64 hex digits, 'pdq,' or 'sha256,' in front where lines differ.",
                "A file with a broken line is refused whole, with the line's number."
            },
            mixinStandardHelpOptions = true)
    int add(
            @Parameters(index = "0", paramLabel = "LIST") String list,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE") List<Path> files,
            @Mixin ListOptions options,
            @Option(
                            names = "--effect",
                            paramLabel = "EFFECT",
                            defaultValue = "BLOCK",
                            description = "allow or block (default: block)")
                    HashEntry.Effect effect,
            @Option(names = "--label", paramLabel = "LABEL", description = "what a picture that matches gets")
                    List<String> labels) {
        var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var entries = files.stream()
                .flatMap(file -> HashListFile.read(
                        file.toString(),
                        lines(file),
                        options.owner(),
                        list,
                        effect,
                        options.kind,
                        labels == null ? List.of() : labels)
                        .stream())
                .toList();
        var by = System.getProperty("user.name", "");
        // As the app will read them, so that none is refused only there.
        entries.forEach(entry -> HashRecords.read(Keys.of(entry), HashRecords.written(entry, by, at)));
        try (var writer = new TopicWriter<>(options.cluster.cluster(), Topics.HASHES)) {
            writer.send(entries.stream()
                    .map(entry -> new TopicWriter.Keyed<>(Keys.of(entry), HashRecords.written(entry, by, at)))
                    .toList());
        }
        screen.result("added: " + entries.size() + " to " + list);
        return ExitCode.OK;
    }

    @Command(
            name = "remove",
            description = "Take the entries of files off a list, or all of them.",
            mixinStandardHelpOptions = true)
    int remove(
            @Parameters(index = "0", paramLabel = "LIST") String list,
            @Parameters(index = "1..*", arity = "0..*", paramLabel = "FILE") List<Path> files,
            @Mixin ListOptions options,
            @Option(names = "--all", description = "every entry of the list") boolean all) {
        if (all == (files != null && !files.isEmpty())) {
            throw new IllegalArgumentException("Give files, or --all.");
        }
        var keys = all
                ? known(options).entrySet().stream()
                        .filter(entry -> entry.getValue().getList().equals(list)
                                && entry.getValue().getTenant().equals(options.owner()))
                        .map(Map.Entry::getKey)
                        .toList()
                : files.stream()
                        .flatMap(file -> HashListFile.read(
                                file.toString(),
                                lines(file),
                                options.owner(),
                                list,
                                HashEntry.Effect.BLOCK,
                                options.kind,
                                List.of())
                                .stream())
                        .map(Keys::of)
                        .toList();
        try (var writer = new TopicWriter<>(options.cluster.cluster(), Topics.HASHES)) {
            writer.send(keys.stream()
                    .map(key -> new TopicWriter.Keyed<HashListEntry>(key, null))
                    .toList());
        }
        screen.result("removed: " + keys.size() + " from " + list);
        return ExitCode.OK;
    }

    @Command(
            name = "show",
            description = "'tenant<TAB>list<TAB>effect<TAB>kind<TAB>hash<TAB>labels' of every entry.",
            mixinStandardHelpOptions = true)
    int show(@Mixin ListOptions options) {
        known(options).forEach((key, entry) -> {
            String problem = problem(key, entry);
            screen.results(
                    entry.getTenant(),
                    entry.getList(),
                    entry.getEffect().name().toLowerCase(Locale.ROOT),
                    entry.getKind().name().toLowerCase(Locale.ROOT),
                    entry.getHash(),
                    String.join(", ", entry.getLabels()),
                    problem);
        });
        return ExitCode.OK;
    }

    @Command(
            name = "hash",
            description = "'sha256,HASH<TAB>pdq,HASH<TAB>quality<TAB>file' of pictures, as 'add' takes them.",
            mixinStandardHelpOptions = true)
    int hash(@Parameters(arity = "1..*", paramLabel = "PICTURE") List<Path> files) {
        boolean all = true;
        try (var looks = new Looks(Optional.empty())) {
            for (var file : files) {
                var bytes = bytes(file);
                var pdq = looks.hash(bytes);
                all &= pdq.isPresent();
                screen.results(
                        "sha256," + BlobKey.of(bytes).sha256Hex(),
                        pdq.map(hashed -> "pdq," + hashed.hash().hex()).orElse("no picture"),
                        pdq.map(hashed -> Integer.toString(hashed.quality())).orElse(""),
                        file.toString());
            }
        }
        return all ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    /** What all of these take. */
    static final class ListOptions {
        @Mixin
        private TenantOption tenant;

        @Mixin
        private ClusterOptions cluster;

        @Option(names = "--everybody", description = "for all tenants, in place of --tenant")
        private boolean everybody;

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                defaultValue = "SHA256",
                description = "sha256 or pdq, of lines that do not say (default: sha256)")
        private HashEntry.Kind kind;

        private String owner() {
            return everybody ? HashEntry.EVERYBODY : tenant.tenant();
        }
    }

    private static Map<String, HashListEntry> known(ListOptions options) {
        var known = new TreeMap<String, HashListEntry>();
        Recorded.read(options.cluster.cluster(), Topics.HASHES, (key, entry) -> {
            if (entry == null) {
                known.remove(key);
            } else {
                known.put(key, entry);
            }
        });
        return known;
    }

    private static String problem(String key, HashListEntry entry) {
        try {
            HashRecords.read(key, entry);
            return "";
        } catch (IllegalArgumentException e) {
            return "cannot be used: " + e.getMessage();
        }
    }

    private static List<String> lines(Path file) {
        return TextFile.read(file, "name a list in UTF-8").lines().toList();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(SinglePicture.require(file.toString()));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read.", e);
        }
    }
}
