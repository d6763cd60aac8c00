package io.unifluid.archive.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.archive.row.WholeFile;
import io.unifluid.client.Why;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder of a run's rows, and in {@code _unifluid} below it what a run needs to go on: which run it is, from where on
 * results of unfinished shards must be read, and the rows of each finished one. One process has it at a time.
 */
final class Destination implements AutoCloseable {
    static final String STATE = "_unifluid";
    private static final String RUN = "run.json";
    private static final String OPEN = ".open";
    private static final String ROWS = ".rows.gz";
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Path state;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final JsonNode run;

    private Destination(Path folder, FileChannel lockFile, FileLock lock, JsonNode run) {
        this.folder = folder;
        this.state = folder.resolve(STATE);
        this.lockFile = lockFile;
        this.lock = lock;
        this.run = run;
    }

    /**
     * Takes the folder for a run, or for going on with it.
     *
     * @param sources the archive's name
     * @param selection what of the archive is wanted, in words
     * @param nearDuplicates whether pictures that look the same share an answer
     * @param threshold which items are a sample; asked for only when the run begins
     * @throws IllegalArgumentException one sentence, where it holds another run
     * @throws EnvironmentProblem one sentence, where it cannot be written, or another process has it
     */
    static Destination open(
            RunSettings settings, String sources, String selection, boolean nearDuplicates, Threshold threshold)
            throws InterruptedException {
        var folder = settings.folder();
        var state = folder.resolve(STATE);
        try {
            boolean began = Files.exists(state.resolve(RUN));
            if (!began) {
                requireNoOtherRows(settings.destination(), folder);
            }
            Files.createDirectories(state);
            var lockFile = FileChannel.open(state.resolve("lock"), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            try {
                var lock = lock(lockFile, folder);
                var wanted = wanted(settings, sources, selection, nearDuplicates);
                JsonNode run;
                if (Files.exists(state.resolve(RUN))) {
                    run = read(state.resolve(RUN));
                    requireSame(folder, run, wanted, settings.moved());
                    if (settings.moved()) {
                        ((ObjectNode) run).put("sources", sources);
                        write(state.resolve(RUN), run);
                    }
                } else {
                    threshold.find().ifPresent(value -> wanted.put("threshold", value));
                    wanted.put("version", VERSION)
                            .put(
                                    "run",
                                    "ar-"
                                            + UUID.randomUUID()
                                                    .toString()
                                                    .replace("-", "")
                                                    .substring(0, 16))
                            .put(
                                    "began",
                                    Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
                    write(state.resolve(RUN), wanted);
                    run = wanted;
                }
                removeUnfinished(folder);
                removeUnfinished(state);
                return new Destination(folder, lockFile, lock, run);
            } catch (IOException | RuntimeException | InterruptedException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw cannotBeWritten(folder, e);
        }
    }

    /**
     * Of a run that began earlier, to look at.
     *
     * @throws IllegalArgumentException one sentence where there is none
     */
    static Destination lookAt(Path folder) {
        try {
            return new Destination(
                    folder, null, null, read(folder.resolve(STATE).resolve(RUN)));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    Files.exists(folder)
                            ? folder
                                    + " holds no run of 'unifluid archive run': name the folder that was given with --to."
                            : "There is no folder " + folder + ": name the one that was given with --to.",
                    e);
        } catch (IOException e) {
            throw new EnvironmentProblem(folder + " cannot be read (" + Why.of(e) + ").", e);
        }
    }

    /** The folders of all parts of a run, or the folder itself where it is one. */
    static List<Path> parts(Path destination) {
        if (Files.exists(destination.resolve(STATE).resolve(RUN))) {
            return List.of(destination);
        }
        try (var entries = Files.list(destination)) {
            var parts = entries.filter(entry -> entry.getFileName().toString().matches("part-\\d+-of-\\d+"))
                    .filter(entry -> Files.exists(entry.resolve(STATE).resolve(RUN)))
                    .sorted()
                    .toList();
            return parts.isEmpty() ? List.of(destination) : parts;
        } catch (IOException e) {
            return List.of(destination);
        }
    }

    /** How the items of a sample are known; empty without one. */
    @FunctionalInterface
    interface Threshold {
        OptionalLong find() throws InterruptedException;
    }

    Path folder() {
        return folder;
    }

    /** How every id of this run begins. */
    String runId() {
        return run.get("run").asText();
    }

    String tenant() {
        return run.get("tenant").asText();
    }

    String format() {
        return run.get("format").asText();
    }

    String task() {
        return run.get("task").asText();
    }

    String sources() {
        return run.get("sources").asText();
    }

    /** Items whose number is not above it, unsigned, are in the sample. */
    OptionalLong threshold() {
        return run.has("threshold") ? OptionalLong.of(run.get("threshold").asLong()) : OptionalLong.empty();
    }

    String prefix() {
        return run.has("part") ? run.get("part").asText() : "";
    }

    static String name(int shard) {
        return String.format("%05d", shard);
    }

    /** The rows of a shard that is finished. */
    Path rows(int shard) {
        return state.resolve(name(shard) + ROWS);
    }

    /** Rows of an unfinished shard, for the process that waits for the others. */
    Path held(int shard) {
        return state.resolve(name(shard) + ".held");
    }

    /** Pictures of an unfinished shard, where they are needed. */
    Path spool(int shard) {
        return state.resolve(name(shard) + ".spool");
    }

    /** For one process; its file is there as long as it is open. */
    <W> NearDuplicates<W> nearDuplicates() {
        try {
            return new NearDuplicates<>(state.resolve("near-duplicates.spool"));
        } catch (IOException e) {
            throw cannotBeWritten(folder, e);
        }
    }

    SortedSet<Integer> finished() {
        return numbers(ROWS);
    }

    SortedSet<Integer> open() {
        return numbers(OPEN);
    }

    /**
     * Notes, before anything of it is sent, from where on the shard's results must be looked for.
     *
     * @param offsets of the results, by partition
     */
    void begin(int shard, Map<Integer, Long> offsets) {
        var node = JsonNodeFactory.instance.objectNode();
        var results = node.putObject("results");
        offsets.forEach((partition, offset) -> results.put(partition + "", offset));
        try {
            var file = state.resolve(name(shard) + OPEN);
            if (!Files.exists(file)) { // else an earlier process has sent something of it already
                write(file, node);
            }
        } catch (IOException e) {
            throw cannotBeWritten(folder, e);
        }
    }

    /** From where on results must be looked for, by partition; empty where nothing is open. */
    Map<Integer, Long> resultsFrom() {
        var from = new HashMap<Integer, Long>();
        for (int shard : open()) {
            try {
                read(state.resolve(name(shard) + OPEN))
                        .get("results")
                        .properties()
                        .forEach(entry -> from.merge(
                                Integer.valueOf(entry.getKey()),
                                entry.getValue().asLong(),
                                Math::min));
            } catch (IOException e) {
                throw new EnvironmentProblem(
                        "What is known of the run in " + folder + " cannot be read (" + Why.of(e) + ").", e);
            }
        }
        return from;
    }

    /** The shard is written. */
    void end(int shard) throws IOException {
        Files.deleteIfExists(state.resolve(name(shard) + OPEN));
        Files.deleteIfExists(held(shard));
        Files.deleteIfExists(spool(shard));
    }

    EnvironmentProblem cannotBeWritten(IOException e) {
        return cannotBeWritten(folder, e);
    }

    @Override
    public void close() {
        if (lockFile != null) {
            try {
                lock.release();
                lockFile.close();
            } catch (IOException e) {
                // the process's end releases it
            }
        }
    }

    private SortedSet<Integer> numbers(String extension) {
        var numbers = new TreeSet<Integer>();
        try (var files = Files.newDirectoryStream(state)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                if (name.endsWith(extension) && name.matches("\\d{5,9}\\..*")) {
                    numbers.add(Integer.parseInt(name.substring(0, name.indexOf('.'))));
                }
            }
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "What is known of the run in " + folder + " cannot be read (" + Why.of(e) + ").", e);
        }
        return numbers;
    }

    private static FileLock lock(FileChannel file, Path folder) throws IOException {
        try {
            var lock = file.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // this process has it twice
        }
        throw new EnvironmentProblem("Another run is writing to " + folder
                + ": wait until it has ended, or give this one its own folder or --part.");
    }

    private static ObjectNode wanted(RunSettings settings, String sources, String selection, boolean nearDuplicates) {
        var wanted = JsonNodeFactory.instance
                .objectNode()
                .put("sources", sources)
                .put("selection", selection)
                .put("task", settings.task().words())
                .put("tenant", settings.tenant())
                .put("model", settings.model().orElse(""))
                .put("format", settings.format().toString())
                .put("shardSize", settings.shardSize())
                .put("sample", settings.sample().orElse(0))
                .put("nearDuplicates", nearDuplicates ? "pdq" : "");
        settings.part().ifPresent(part -> wanted.put("part", part.name()));
        return wanted;
    }

    private static void requireSame(Path folder, JsonNode run, JsonNode wanted, boolean moved) {
        if (run.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException(folder + " holds a run of another version of this command: give another"
                    + " folder, or go on with that version.");
        }
        for (var entry : wanted.properties()) {
            var was = run.path(entry.getKey()).asText();
            var is = entry.getValue().asText();
            if (!was.equals(is) && !(moved && entry.getKey().equals("sources"))) {
                throw new IllegalArgumentException(folder + " holds the rows of another run (its " + entry.getKey()
                        + " is '" + was.replace("\n", " ") + "', not '" + is.replace("\n", " ")
                        + "'): give the same again, or another folder"
                        + (entry.getKey().equals("sources")
                                ? "; --moved if the same archive lies elsewhere now."
                                : "."));
            }
        }
    }

    private static void requireNoOtherRows(Path destination, Path folder) throws IOException {
        for (var place : List.of(destination, folder)) {
            if (!Files.isDirectory(place)) {
                if (Files.exists(place)) {
                    throw new IllegalArgumentException(
                            place + " is a file: name a folder, which need not be there yet.");
                }
                continue;
            }
            boolean whole = Files.exists(place.resolve(STATE).resolve(RUN));
            try (Stream<Path> entries = Files.list(place)) {
                var other = entries.map(entry -> entry.getFileName().toString())
                        .filter(name -> name.matches("\\d{5,9}(_stats)?\\.(json|jsonl|csv|parquet|tar)"))
                        .findFirst();
                Optional<String> found = whole ? Optional.of("a run without --part") : other;
                if (found.isPresent()) {
                    throw new IllegalArgumentException(place + " holds the shards of something else (" + found.get()
                            + "): give another folder, or empty this one.");
                }
            }
        }
    }

    private static void removeUnfinished(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder, WholeFile.UNFINISHED + "*")) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static JsonNode read(Path file) throws IOException {
        return JSON.readTree(Files.readAllBytes(file));
    }

    private static void write(Path file, JsonNode node) throws IOException {
        WholeFile.write(
                file, out -> out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node)));
    }

    private static EnvironmentProblem cannotBeWritten(Path folder, IOException e) {
        return new EnvironmentProblem(
                "The destination " + folder + " cannot be written (" + Why.of(e)
                        + "): what is there stays; make room or give rights, and run the same command again to go on.",
                e);
    }
}
