package io.unifluid.archive.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Python;
import io.unifluid.archive.Selection;
import io.unifluid.archive.Tool;
import io.unifluid.archive.row.RowFormat;
import io.unifluid.archive.source.Archives;
import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.FileSystemBlobStore;
import io.unifluid.client.Cluster;
import io.unifluid.pdq.PdqHash;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs over real files on a real broker, stopped and started, into every format. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ArchiveRunIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path scratch;

    private static LocalBroker broker;
    private static LocalRegistry registry;
    private static Answering system;
    private static FileSystemBlobStore blobs;
    private static Cluster cluster;
    private static int tests;

    private Path folder;
    private Path to;

    @BeforeAll
    static void start() {
        broker = LocalBroker.startWithTopics();
        registry = LocalRegistry.mock();
        system = new Answering(broker.bootstrapServers(), registry.url());
        blobs = new FileSystemBlobStore(scratch.resolve("blobs"));
        cluster = Cluster.of(broker.bootstrapServers(), registry.url());
    }

    @AfterAll
    static void stop() {
        system.close();
        blobs.close();
        registry.close();
        broker.close();
    }

    @BeforeEach
    void ownFolders() throws Exception {
        tests++;
        folder = Files.createDirectory(scratch.resolve("pictures" + tests));
        to = scratch.resolve("rows" + tests);
        system.fail(_ -> false);
        system.release();
    }

    private static byte[] picture(String words) {
        return ("\u0089PNG\r\n\u001a\n....IHDR\0\0\0\u0005\0\0\0\u0007" + words).getBytes(StandardCharsets.ISO_8859_1);
    }

    private void pictures(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Files.write(folder.resolve(String.format("%05d.png", i)), picture(folder + " " + i));
        }
    }

    private RunSettings settings(RowFormat format, int shardSize) {
        return new RunSettings(
                new Task.OfCaption(0, Optional.empty()),
                "local",
                Optional.empty(),
                to,
                format,
                shardSize,
                64,
                RunSettings.Retry.NOTHING,
                OptionalDouble.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                false);
    }

    private static RunSettings again(RunSettings s, RunSettings.Retry retry) {
        return new RunSettings(
                s.task(),
                s.tenant(),
                s.model(),
                s.destination(),
                s.format(),
                s.shardSize(),
                s.inFlight(),
                retry,
                s.perSecond(),
                s.sample(),
                s.part(),
                s.moved());
    }

    private RunReport run(RunSettings settings) throws Exception {
        return run(settings, new CompletableFuture<>(), folder);
    }

    private static RunReport run(RunSettings settings, CompletableFuture<?> stop, Path... sources) throws Exception {
        var selection = settings.format().wantsPictures() ? Selection.PICTURES.withCompanions() : Selection.PICTURES;
        var archive = Archives.of(Stream.of(sources).map(Path::toString).toList(), selection, false);
        return new ArchiveRun(archive, "all", settings, new RunProgress())
                .run(cluster, blobs, stop, new CompletableFuture<>());
    }

    private RunReport runWithLooks(RunSettings settings, CompletableFuture<?> stop) throws Exception {
        var archive = Archives.of(List.of(folder.toString()), Selection.PICTURES, false);
        return new ArchiveRun(archive, "all", settings, new RunProgress(), Optional.of(ArchiveRunIT::look))
                .run(cluster, blobs, stop, new CompletableFuture<>());
    }

    /** Pictures whose words end in the same letter look alike, up to ten bits; those of 'z' have no structure. */
    private static Optional<PdqHash> look(byte[] picture) {
        char family = (char) picture[picture.length - 1];
        long differs = (1L << picture[picture.length - 2] % 10) - 1;
        var far = new Random(family);
        return family == 'z'
                ? Optional.empty()
                : Optional.of(new PdqHash(differs, far.nextLong(), far.nextLong(), far.nextLong()));
    }

    private void families(int count, String letters) throws IOException {
        for (int i = 0; i < count; i++) {
            Files.write(
                    folder.resolve(String.format("%05d.png", i)),
                    picture(folder + " " + i + letters.charAt(i % letters.length())));
        }
    }

    private static List<JsonNode> rows(Path folder) throws Exception {
        var rows = new ArrayList<JsonNode>();
        try (var files = Files.newDirectoryStream(folder, "*.jsonl")) {
            for (var file : files) {
                for (var line : Files.readAllLines(file)) {
                    rows.add(JSON.readTree(line));
                }
            }
        }
        return rows;
    }

    private Verification.Report verified() {
        return new Verification(cluster).verify(to);
    }

    private static List<String> texts(List<JsonNode> rows, String column) {
        return rows.stream().map(row -> row.path(column).asText()).toList();
    }

    @Test
    void everyItemHasOneRowHoweverOftenTheRunIsStopped() throws Exception {
        pictures(500);
        Files.write(folder.resolve("00100.png"), new byte[0]);
        var random = new Random(13);
        int before = system.came().size();
        int stopped = 0;
        for (boolean complete = false; !complete; ) {
            var stop = new CompletableFuture<Void>();
            if (stopped < 12) {
                stop.completeOnTimeout(null, 20 + random.nextInt(400), TimeUnit.MILLISECONDS);
                if (random.nextBoolean()) {
                    system.hold(); // what is on its way then has its result while nobody reads
                } else {
                    system.release();
                }
            } else {
                system.release();
            }
            complete = run(settings(RowFormat.JSONL, 60), stop, folder).complete();
            stopped++;
            system.release();
        }
        var rows = rows(to);
        assertThat(texts(rows, "path")).hasSize(500).doesNotHaveDuplicates();
        assertThat(texts(rows, "key")).doesNotHaveDuplicates();
        assertThat(texts(rows, "error_kind").stream().filter(kind -> !kind.isEmpty()))
                .containsExactly("EMPTY");
        for (var row : rows) {
            if (row.has("caption")) {
                var bytes = Files.readAllBytes(folder.resolve(row.get("path").asText()));
                assertThat(row.get("caption").asText())
                        .isEqualTo("of " + BlobKey.of(bytes).sha256Hex().substring(0, 12));
                assertThat(row.get("width").asInt() + "x" + row.get("height").asInt())
                        .isEqualTo("5x7");
            }
        }
        var ids = new HashSet<String>();
        system.came().subList(before, system.came().size()).forEach(request -> ids.add(request.getRequestId()));
        assertThat(ids).hasSize(499);
        var report = verified();
        assertThat(report.broken()).isEmpty();
        assertThat(report.proven() && report.complete()).isTrue();
        assertThat(report.rows()).isEqualTo(500);

        var nothing = run(settings(RowFormat.JSONL, 60));
        assertThat(nothing.progress().sent()).isZero();
        assertThat(nothing.progress().earlier()).isEqualTo(500);
        try (var left = Files.list(to.resolve("_unifluid"))) {
            assertThat(left.map(file -> file.getFileName().toString()).filter(name -> name.contains(".open")))
                    .isEmpty();
        }
    }

    @Test
    void theFirstRowsAreThereLongBeforeAWholeShardIs() throws Exception {
        pictures(130);
        system.hold(request -> !request.getLabels().get("archive.shard").equals("0"));
        var stop = new CompletableFuture<Void>();
        var first = CompletableFuture.supplyAsync(() -> {
            try {
                return run(settings(RowFormat.JSONL, 1000), stop, folder);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Await.until("the first rows", () -> Files.exists(to.resolve("_unifluid/00000.rows.gz")));
        assertThat(first).isNotDone();
        assertThat(rows(to)).hasSize(10);
        stop.complete(null);
        assertThat(first.join().complete()).isFalse();
        assertThat(verified().broken()).isEmpty();

        system.release();
        assertThat(run(settings(RowFormat.JSONL, 1000)).progress().earlier()).isEqualTo(10);
        assertThat(texts(rows(to), "path")).hasSize(130).doesNotHaveDuplicates();
        assertThat(Files.readAllLines(to.resolve("00001.jsonl"))).hasSize(100);
        assertThat(Files.readAllLines(to.resolve("00002.jsonl"))).hasSize(20);
        assertThat(verified().proven()).isTrue();
    }

    @Test
    void whatDidNotSucceedIsAskedAgainInItsPlace() throws Exception {
        pictures(50);
        system.fail(request -> request.getRequestId().hashCode() % 5 == 0);
        var first = run(settings(RowFormat.JSONL, 20));
        long failed = first.progress().failed();
        assertThat(failed).isPositive();
        var before = texts(rows(to), "key");
        system.fail(_ -> false);
        assertThat(run(settings(RowFormat.JSONL, 20)).progress().sent()).isZero();

        var retried = run(again(settings(RowFormat.JSONL, 20), RunSettings.Retry.FAILED));

        assertThat(retried.progress().sent()).isEqualTo(failed);
        assertThat(retried.progress().failed()).isZero();
        assertThat(texts(rows(to), "key")).containsExactlyInAnyOrderElementsOf(before);
        assertThat(texts(rows(to), "status")).containsOnly("SUCCEEDED");
        var report = verified();
        assertThat(report.broken()).isEmpty();
        assertThat(report.superseded()).isEqualTo(failed);
        assertThat(report.proven()).isTrue();
    }

    @Test
    void picturesThatLookAlikeAreAskedAboutOnceHoweverOftenTheRunIsStopped() throws Exception {
        families(200, "abcdefghiz");
        var random = new Random(31);
        int before = system.came().size();
        int stopped = 0;
        for (boolean complete = false; !complete; stopped++) {
            var stop = new CompletableFuture<Void>();
            if (stopped < 5) {
                stop.completeOnTimeout(null, 20 + random.nextInt(300), TimeUnit.MILLISECONDS);
                if (random.nextBoolean()) {
                    system.hold();
                } else {
                    system.release();
                }
            } else {
                system.release();
            }
            complete = runWithLooks(settings(RowFormat.JSONL, 30), stop).complete();
            system.release();
        }

        var rows = rows(to);
        assertThat(texts(rows, "path")).hasSize(200).doesNotHaveDuplicates();
        var byKey = new TreeMap<String, JsonNode>();
        rows.forEach(row -> byKey.put(row.get("key").asText(), row));
        var firsts = new TreeMap<String, JsonNode>();
        for (var row : byKey.values()) {
            var bytes = Files.readAllBytes(folder.resolve(row.get("path").asText()));
            assertThat(row.get("sha256").asText()).isEqualTo(BlobKey.of(bytes).sha256Hex());
            assertThat(row.path("pdq").asText())
                    .isEqualTo(look(bytes).map(PdqHash::hex).orElse(""));
            var family = String.valueOf((char) bytes[bytes.length - 1]);
            var first = family.equals("z") ? null : firsts.putIfAbsent(family, row);
            if (first == null) {
                assertThat(row.has("near_duplicate_of")).isFalse();
                assertThat(row.get("caption").asText())
                        .isEqualTo("of " + row.get("sha256").asText().substring(0, 12));
            } else {
                assertThat(row.get("near_duplicate_of").asText())
                        .isEqualTo(first.get("key").asText());
                assertThat(row.get("caption")).isEqualTo(first.get("caption"));
                assertThat(row.get("request_id")).isEqualTo(first.get("request_id"));
            }
        }
        var ids = new HashSet<String>();
        system.came().subList(before, system.came().size()).forEach(request -> ids.add(request.getRequestId()));
        assertThat(ids).hasSize(9 + 20);
        var report = verified();
        assertThat(report.broken()).isEmpty();
        assertThat(report.proven() && report.complete()).isTrue();
        assertThat(report.nearDuplicates()).isEqualTo(9 * 19);
        assertThat(to.resolve("_unifluid/near-duplicates.spool")).doesNotExist();
        assertThatThrownBy(() -> run(settings(RowFormat.JSONL, 30)))
                .hasMessageContaining("its nearDuplicates is 'pdq', not ''");
    }

    @Test
    void whatLooksLikeAPictureThatFailedIsAskedAgainWithIt() throws Exception {
        families(40, "ab");
        system.fail(_ -> true);
        var failed = runWithLooks(settings(RowFormat.JSONL, 10), new CompletableFuture<>());
        assertThat(failed.progress().sent()).isEqualTo(2);
        assertThat(failed.progress().failed()).isEqualTo(40);
        system.fail(_ -> false);

        var retried =
                runWithLooks(again(settings(RowFormat.JSONL, 10), RunSettings.Retry.FAILED), new CompletableFuture<>());

        assertThat(retried.progress().sent()).isEqualTo(2);
        assertThat(retried.progress().nearDuplicates()).isEqualTo(38);
        assertThat(texts(rows(to), "status")).hasSize(40).containsOnly("SUCCEEDED");
        assertThat(verified().broken()).isEmpty();
    }

    @Test
    void anArchiveThatChangesKeepsItsRowsAndGetsNewOnes() throws Exception {
        pictures(30);
        run(settings(RowFormat.JSONL, 8));
        Files.write(folder.resolve("00003b.png"), picture("new in between"));
        Files.write(folder.resolve("99999.png"), picture("new at the end"));
        Files.write(folder.resolve("00007.png"), picture("other bytes, and more of them than there were"));
        Files.delete(folder.resolve("00011.png"));

        var second = run(settings(RowFormat.JSONL, 8));

        assertThat(second.progress().sent()).isEqualTo(2);
        assertThat(second.gone()).isEqualTo(1);
        assertThat(second.changed()).isEqualTo(1);
        assertThat(texts(rows(to), "path")).hasSize(32).doesNotHaveDuplicates();
        assertThat(run(settings(RowFormat.JSONL, 8)).progress().sent()).isZero();

        var third = run(again(settings(RowFormat.JSONL, 8), RunSettings.Retry.FAILED_AND_CHANGED));
        assertThat(third.progress().sent()).isEqualTo(1);
        assertThat(texts(rows(to), "caption"))
                .contains("of "
                        + BlobKey.of(Files.readAllBytes(folder.resolve("00007.png")))
                                .sha256Hex()
                                .substring(0, 12));
        assertThat(verified().broken()).isEmpty();
    }

    @Test
    void severalMachinesShareAnArchiveAndASampleIsAlwaysTheSame() throws Exception {
        pictures(60);
        for (int part = 1; part <= 3; part++) {
            var s = settings(RowFormat.JSONL, 10);
            run(new RunSettings(
                    s.task(),
                    s.tenant(),
                    s.model(),
                    to,
                    s.format(),
                    s.shardSize(),
                    s.inFlight(),
                    s.retry(),
                    s.perSecond(),
                    s.sample(),
                    Optional.of(RunSettings.Part.parse(part + "/3")),
                    false));
        }
        var all = new ArrayList<JsonNode>();
        for (int part = 1; part <= 3; part++) {
            all.addAll(rows(to.resolve("part-" + part + "-of-3")));
        }
        assertThat(texts(all, "path")).hasSize(60).doesNotHaveDuplicates();
        assertThat(texts(all, "key")).doesNotHaveDuplicates();
        assertThat(verified().rows()).isEqualTo(60);
        assertThat(verified().proven()).isTrue();

        var sampled = new ArrayList<List<String>>();
        for (int i = 0; i < 2; i++) {
            var s = settings(RowFormat.JSONL, 10);
            var own = scratch.resolve("sample" + i);
            run(new RunSettings(
                    s.task(),
                    s.tenant(),
                    s.model(),
                    own,
                    s.format(),
                    s.shardSize(),
                    s.inFlight(),
                    s.retry(),
                    OptionalDouble.of(500),
                    OptionalInt.of(7),
                    s.part(),
                    false));
            sampled.add(texts(rows(own), "path"));
        }
        assertThat(sampled.get(0)).hasSize(7).isEqualTo(sampled.get(1));
    }

    @Test
    void aDestinationThatIsNotItsOwnIsRefused() throws Exception {
        pictures(20);
        system.hold();
        var stop = new CompletableFuture<Void>();
        var first = CompletableFuture.supplyAsync(() -> {
            try {
                return run(settings(RowFormat.JSONL, 10), stop, folder);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        while (!Files.exists(to.resolve("_unifluid/00000.open"))) {
            Thread.sleep(20);
        }
        assertThatThrownBy(() -> run(settings(RowFormat.JSONL, 10)))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessage("Another run is writing to " + to
                        + ": wait until it has ended, or give this one its own folder or --part.");
        system.release();
        assertThat(first.join().complete()).isTrue();

        assertThatThrownBy(() -> run(settings(RowFormat.CSV, 10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        to + " holds the rows of another run (its format is 'jsonl', not 'csv'): give the same again,"
                                + " or another folder.");
        var moved = Files.move(folder, scratch.resolve("moved" + tests));
        assertThatThrownBy(() -> run(settings(RowFormat.JSONL, 10), new CompletableFuture<>(), moved))
                .hasMessageContaining("--moved if the same archive lies elsewhere now");

        to = Files.createDirectory(scratch.resolve("others" + tests));
        Files.writeString(to.resolve("00000.parquet"), "somebody else's");
        assertThatThrownBy(() -> run(settings(RowFormat.JSONL, 10), new CompletableFuture<>(), moved))
                .hasMessage(
                        to
                                + " holds the shards of something else (00000.parquet): give another folder, or empty this one.");
        assertThat(to.resolve("_unifluid")).doesNotExist();
        to = Files.writeString(scratch.resolve("file" + tests), "");
        assertThatThrownBy(() -> run(settings(RowFormat.JSONL, 10), new CompletableFuture<>(), moved))
                .hasMessage(to + " is a file: name a folder, which need not be there yet.");
    }

    @Test
    void aDestinationThatFailsEndsTheRunAndTheNextOneGoesOn() throws Exception {
        pictures(40);
        var inTheWay = Files.createDirectories(to.resolve("00002.jsonl/x"));
        // It holds what looks like another's shard, so the run must have begun before.
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        system.hold();
        var stop = new CompletableFuture<Void>();
        var first = CompletableFuture.supplyAsync(() -> {
            try {
                return run(settings(RowFormat.JSONL, 10), stop, folder);
            } catch (Exception e) {
                throw new java.util.concurrent.CompletionException(e);
            }
        });
        while (!Files.exists(to.resolve("_unifluid/00000.open"))) {
            Thread.sleep(20);
        }
        Files.createDirectories(inTheWay);
        system.release();
        assertThatThrownBy(first::join)
                .hasCauseInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("The destination " + to + " cannot be written (")
                .hasMessageContaining("run the same command again to go on.");
        assertThat(verified().complete()).isFalse();

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        assertThat(run(settings(RowFormat.JSONL, 10)).complete()).isTrue();
        assertThat(texts(rows(to), "path")).hasSize(40).doesNotHaveDuplicates();
        assertThat(verified().proven()).isTrue();
    }

    @Test
    void aFullOrReadOnlyDestinationEndsTheRunAndTheNextOneGoesOn() throws Exception {
        pictures(300);
        Files.createDirectory(to);
        mount("-t", "tmpfs", "-o", "size=160k", "unifluid-test", to.toString());
        try {
            assertThatThrownBy(() -> run(settings(RowFormat.JSONL, 10)))
                    .isInstanceOf(EnvironmentProblem.class)
                    .hasMessageContaining("The destination " + to + " cannot be written (")
                    .hasMessageContaining("pace left")
                    .hasMessageContaining("run the same command again to go on.");
            mount("-o", "remount,ro,size=16m", to.toString());
            assertThatThrownBy(() -> run(settings(RowFormat.JSONL, 10)))
                    .isInstanceOf(EnvironmentProblem.class)
                    .hasMessageContaining(to.toString())
                    .hasMessageContaining("ead-only");
            mount("-o", "remount,rw,size=16m", to.toString());
            assertThat(run(settings(RowFormat.JSONL, 10)).complete()).isTrue();
            assertThat(texts(rows(to), "path")).hasSize(300).doesNotHaveDuplicates();
            assertThat(verified().proven()).isTrue();
        } finally {
            Tool.run(Path.of("/"), "umount", to.toString());
        }
    }

    private static void mount(String... arguments) {
        try {
            Tool.run(
                    Path.of("/"),
                    Stream.concat(Stream.of("mount"), Stream.of(arguments)).toList());
        } catch (IllegalStateException e) {
            Assumptions.abort("Only root may mount a file system that is small: " + e.getMessage());
        }
    }

    @Test
    void picturesThatWereMadeLieBesideTheirRows() throws Exception {
        pictures(25);
        var plain = settings(RowFormat.JSONL, 10);
        var edit = new RunSettings(
                new Task.OfEdit("make it blue", Optional.of(7L), 0, Optional.empty()),
                plain.tenant(),
                plain.model(),
                plain.destination(),
                plain.format(),
                plain.shardSize(),
                plain.inFlight(),
                plain.retry(),
                plain.perSecond(),
                plain.sample(),
                plain.part(),
                plain.moved());
        assertThat(run(edit).complete()).isTrue();
        var rows = rows(to);
        assertThat(rows).hasSize(25);
        for (var row : rows) {
            var image = row.path("images").path(0);
            assertThat(image.path("seed").asInt()).isEqualTo(7);
            assertThat(image.path("width").asInt() + "x" + image.path("height").asInt())
                    .isEqualTo("64x32");
            assertThat(image.path("file").asText())
                    .isEqualTo("images/" + row.path("key").asText().substring(0, 5) + "/"
                            + row.path("key").asText() + ".png");
            assertThat(Files.readString(to.resolve(image.path("file").asText())))
                    .isEqualTo("make it blue " + row.path("sha256").asText());
        }
        assertThat(verified().proven()).isTrue();
        assertThat(run(edit).progress().sent()).isZero();
    }

    @Test
    void whatIsWrongWithTheRowsIsFoundOut() throws Exception {
        pictures(20);
        run(settings(RowFormat.JSONL, 10));
        assertThat(verified().broken()).isEmpty();
        var shard = to.resolve("00001.jsonl");
        Files.writeString(shard, Files.readString(shard).replaceFirst("of [0-9a-f]", "of x"));
        assertThat(verified().broken())
                .containsExactly("The file " + shard + " is not as it was written: its bytes have another SHA-256.");
        Files.delete(to.resolve("_unifluid/00000.rows.gz"));
        assertThat(verified().brokenCount()).isEqualTo(11);
        assertThatThrownBy(() -> new Verification(cluster).verify(folder))
                .hasMessageContaining("holds no run of 'unifluid archive run'");
    }

    @Test
    void everyFormatHasEveryRow() throws Exception {
        var samples = Files.createDirectory(scratch.resolve("samples" + tests));
        for (int i = 0; i < 3; i++) {
            Files.write(samples.resolve(i + ".jpg"), picture("sample " + i));
            Files.writeString(samples.resolve(i + ".cls"), "" + i);
            Files.writeString(samples.resolve(i + ".txt"), "their own words " + i);
        }
        Tool.run(
                samples,
                "tar",
                "--sort=name",
                "-cf",
                folder.resolve("shard.tar").toString(),
                ".");
        Files.createDirectory(folder.resolve("sub"));
        Files.write(folder.resolve("sub/with \"quotes\",\nand a line.png"), picture("odd"));
        Files.write(folder.resolve("sub/two.png"), picture("png"));
        Files.write(folder.resolve("sub/two.jpg"), picture("jpg"));
        Files.write(folder.resolve("sub/empty.png"), new byte[0]);
        var kinds = new TreeMap<RowFormat, Path>();
        for (var format : RowFormat.values()) {
            to = scratch.resolve("as-" + format);
            kinds.put(format, to);
            var report = run(settings(format, 4));
            assertThat(report.progress().done()).as(format + "").isEqualTo(7);
            assertThat(verified().broken()).isEmpty();
        }
        assertThat(rows(kinds.get(RowFormat.JSONL))).hasSize(7);

        var csv = new ArrayList<Map<String, String>>();
        for (var name : List.of("00000.csv", "00001.csv")) {
            try (var parser = CSVParser.builder()
                    .setPath(kinds.get(RowFormat.CSV).resolve(name))
                    .setFormat(CSVFormat.RFC4180.builder().setHeader().get())
                    .get()) {
                parser.forEach(record -> csv.add(record.toMap()));
            }
        }
        assertThat(csv.stream().map(row -> row.get("path")))
                .hasSize(7)
                .contains("sub/with \"quotes\",\nand a line.png", "0.jpg");

        var text = kinds.get(RowFormat.TXT);
        for (var name :
                List.of("shard/0.txt", "sub/two.jpg.txt", "sub/two.png.txt", "sub/with \"quotes\",\nand a line.txt")) {
            assertThat(Files.readString(text.resolve(name))).startsWith("of ");
        }
        assertThat(JSON.readTree(kinds.get(RowFormat.JSON)
                                .resolve("sub/empty.json")
                                .toFile())
                        .get("error_kind")
                        .asText())
                .isEqualTo("EMPTY");

        var members = new ArrayList<String>();
        try (var tar = new TarArchiveInputStream(
                Files.newInputStream(kinds.get(RowFormat.WEBDATASET).resolve("00000.tar")))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                members.add(entry.getName());
            }
        }
        assertThat(members)
                .startsWith(
                        "000000000.jpg", "000000000.cls", "000000000.txt", "000000000.unifluid.txt", "000000000.json")
                .endsWith("000000003.json");

        // Its own shards are an archive again, and so is a table.
        var again = Archives.of(List.of(kinds.get(RowFormat.WEBDATASET) + "/*.tar"), Selection.PICTURES, false);
        int count = 0;
        try (var items = again.open(Position.START, new LeftOut())) {
            while (items.next() != null) {
                count++;
            }
        }
        assertThat(count).isEqualTo(6);
    }

    @Test
    void theUsualToolsReadTheShards() throws Exception {
        pictures(25);
        Files.write(folder.resolve("00003.png"), new byte[0]);
        run(settings(RowFormat.PARQUET, 10));
        var parquet = to;
        to = scratch.resolve("jsonl" + tests);
        run(settings(RowFormat.JSONL, 10));
        var said = Python.run(List.of("pyarrow", "duckdb", "datasets"), """
                import os, sys, glob
                os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
                import pyarrow.dataset as ds, duckdb, datasets
                parquet, jsonl = sys.argv[1:]
                files = sorted(glob.glob(parquet + '/*.parquet'))
                table = ds.dataset(files).to_table()
                print(table.num_rows, len(set(table['path'].to_pylist())), table['completed_at'].type)
                print(duckdb.sql(f"select count(*), count(caption), count(distinct key) from '{parquet}/*.parquet'").fetchone())
                print(duckdb.sql(f"select count(*), count(caption) from '{jsonl}/*.jsonl'").fetchone())
                print(len(datasets.load_dataset('parquet', data_files=files, split='train', cache_dir=jsonl + '/cache')))
                """, parquet.toString(), to.toString());
        assertThat(said.lines().filter(line -> line.matches("[(\\d].*")).toList())
                .containsExactly("25 25 timestamp[ms, tz=UTC]", "(25, 24, 25)", "(25, 24)", "25");
    }
}
