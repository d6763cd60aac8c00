package io.unifluid.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The source's tasks on real files, with a worker's offsets in memory. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ImageArchiveTaskTest {
    @TempDir
    private Path scratch;

    private Path folder;
    private Given given;
    private final Map<String, String> more = new HashMap<>();

    @BeforeEach
    void folders() throws IOException {
        folder = Files.createDirectory(scratch.resolve("pictures"));
        given = new Given();
    }

    private static byte[] picture(String words) {
        return ("\u0089PNG\r\n\u001a\n....IHDR\0\0\0\u0005\0\0\0\u0007" + words).getBytes(StandardCharsets.ISO_8859_1);
    }

    private void pictures(int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            Files.write(folder.resolve(String.format("%04d.png", i)), picture("p" + i));
        }
    }

    /** The last quarter of a damaged one is not there. */
    private Path tar(String name, int members, boolean damaged) throws IOException {
        var file = scratch.resolve(name);
        try (var tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < members; i++) {
                var bytes = picture(name + i);
                var entry = new TarArchiveEntry(String.format("%s-%03d.png", name, i));
                entry.setSize(bytes.length);
                tar.putArchiveEntry(entry);
                tar.write(bytes);
                tar.closeArchiveEntry();
            }
        }
        if (damaged) {
            var bytes = Files.readAllBytes(file);
            int cut = members * 3 / 4 * 1024 + 100;
            Files.write(file, java.util.Arrays.copyOf(bytes, cut));
        }
        return file;
    }

    private ImageArchiveTask task(int number, int of, Path... sources) {
        var settings = Given.settings(scratch.resolve("blobs"), sources);
        settings.putAll(more);
        var connector = new ImageArchiveConnector();
        connector.start(settings);
        var task = new ImageArchiveTask();
        task.initialize(given);
        task.start(connector.taskConfigs(of).get(number));
        return task;
    }

    /** Polls until the task is at its end, or until it has given so many records. */
    private List<SourceRecord> drained(ImageArchiveTask task, int most) throws Exception {
        var records = new ArrayList<SourceRecord>();
        for (boolean ended = false; !ended && records.size() < most; ) {
            ended = given.metric("at-end") == 1;
            var batch = task.poll();
            if (batch != null) {
                records.addAll(batch);
                batch.forEach(given::written);
                ended = false;
            }
        }
        task.stop();
        return records;
    }

    private static InferenceRequest request(SourceRecord record) {
        return AvroSerdes.of("mock://connect").deserializer(Topics.REQUESTS).deserialize(record.topic(), (byte[])
                record.value());
    }

    private static List<String> paths(List<SourceRecord> records) {
        return records.stream()
                .map(record -> request(record).getLabels().get("archive.path"))
                .toList();
    }

    private static List<String> ids(List<SourceRecord> records) {
        return records.stream()
                .map(record -> new String((byte[]) record.key(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void requestsAreThoseOfTheClient() throws Exception {
        pictures(0, 1);
        Files.write(folder.resolve("big.png"), java.util.Arrays.copyOf(picture("big"), 300_000));
        more.put("caption.hint", "emoji");
        more.put("tenant", "archive");
        var records = drained(task(0, 1, folder), 9);
        assertThat(records).hasSize(2).allMatch(record -> record.topic().equals("unifluid.requests"));
        var small = request(records.stream()
                .filter(record -> request(record).getImage().getBytes() != null)
                .findFirst()
                .orElseThrow());
        assertThat(small.getTenant()).isEqualTo("archive");
        assertThat(small.getPriority()).isEqualTo(Priority.BULK);
        assertThat(((Caption) small.getTask()).getHint()).isEqualTo("emoji");
        assertThat(small.getImage().getSha256()).hasSize(64);
        assertThat(small.getLabels())
                .containsEntry("archive.path", "0000.png")
                .containsEntry("archive.name", folder.toString());
        assertThat(small.getRequestId()).startsWith("test-").hasSize(37);
        assertThat(records.stream().map(record -> request(record).getImage().getUri()))
                .anyMatch(uri -> uri != null && uri.startsWith("blob:sha256/"));
        assertThat(given.metric("requests-sent-total")).isEqualTo(2);
        assertThat(given.metric("bytes-read-total")).isGreaterThan(300_000);
    }

    @Test
    void tasksShareAllFilesAndNoneTwice() throws Exception {
        pictures(0, 200);
        var one = tar("one.tar", 20, false);
        var two = tar("two.tar", 20, false);
        var all = new ArrayList<SourceRecord>();
        for (int number = 0; number < 3; number++) {
            given = new Given();
            var own = drained(task(number, 3, folder, one, two), 1000);
            assertThat(own.size()).isBetween(1, 239);
            all.addAll(own);
        }
        assertThat(paths(all)).hasSize(240).doesNotHaveDuplicates();
        assertThat(ids(all)).doesNotHaveDuplicates();
    }

    @Test
    void whereverItIsStoppedItGoesOnAlsoWithAnotherNumberOfTasks() throws Exception {
        pictures(0, 150);
        var damaged = tar("damaged.tar", 40, true);
        var random = new Random(13);
        more.put("batch.items", "7");
        var all = new ArrayList<SourceRecord>();
        for (int round = 0; round < 12; round++) {
            int tasks = 1 + random.nextInt(3);
            for (int number = 0; number < tasks; number++) {
                all.addAll(drained(task(number, tasks, folder, damaged), 1 + random.nextInt(12)));
            }
        }
        all.addAll(drained(task(0, 1, folder, damaged), 10_000));
        assertThat(paths(all)).hasSize(150 + 30).doesNotHaveDuplicates();
        assertThat(new HashSet<>(ids(all))).hasSize(180);
        var again = new Given();
        given = again;
        assertThat(ids(drained(task(0, 1, folder, damaged), 10_000))).containsExactlyInAnyOrderElementsOf(ids(all));
    }

    @Test
    void anItemsFaultIsCountedNamedAndNoTasksEnd() throws Exception {
        pictures(0, 10);
        Files.write(folder.resolve("empty.png"), new byte[0]);
        var damaged = tar("damaged.tar", 8, true);
        more.put("failures.topic", "failures");
        var records = drained(task(0, 1, folder, damaged), 1000);
        var failures = records.stream()
                .filter(record -> record.topic().equals("failures"))
                .map(record -> new String((byte[]) record.value(), StandardCharsets.UTF_8))
                .toList();
        assertThat(records).hasSize(10 + 6 + failures.size());
        assertThat(failures).hasSize(2);
        var empty = new ObjectMapper().readTree(failures.get(0));
        assertThat(empty.path("path").asText()).isEqualTo("empty.png");
        assertThat(empty.path("error_kind").asText()).isEqualTo("EMPTY");
        assertThat(empty.path("status").asText()).isEqualTo("NOT_SENT");
        assertThat(new ObjectMapper()
                        .readTree(failures.get(1))
                        .path("error_message")
                        .asText())
                .contains("The archive is damaged after the member damaged.tar-005.png");
        assertThat(given.metric("items-failed-total")).isEqualTo(2);
        assertThat(given.metric("items-failed-by-kind-total EMPTY")).isEqualTo(1);
        assertThat(given.metric("items-failed-by-kind-total CORRUPT")).isEqualTo(1);

        more.remove("failures.topic");
        given = new Given();
        assertThat(drained(task(0, 1, folder, damaged), 1000)).hasSize(16);
        assertThat(given.metric("items-failed-total")).isEqualTo(2);
    }

    @Test
    void whatComesLaterIsFoundWhereThatIsAskedFor() throws Exception {
        pictures(0, 5);
        more.put("rescan.interval.ms", "50");
        more.put("parts", "1");
        var task = task(0, 1, scratch.resolve("pictures"));
        var paths = new ArrayList<String>();
        for (int polls = 0; paths.size() < 5; polls++) {
            var batch = task.poll();
            paths.addAll(batch == null ? List.of() : paths(batch));
        }
        pictures(5, 8);
        while (paths.size() < 8) {
            var batch = task.poll();
            paths.addAll(batch == null ? List.of() : paths(batch));
        }
        task.stop();
        assertThat(paths).doesNotHaveDuplicates();
    }

    @Test
    void aSourceThatIsNotThereEndsTheTaskWithASentence() {
        var task = task(0, 1, scratch.resolve("nowhere"));
        assertThatThrownBy(task::poll)
                .isInstanceOf(ConnectException.class)
                .hasMessage("There is no file or folder " + scratch.resolve("nowhere")
                        + ": check the spelling and try again.");
        task.stop();
    }

    @Test
    void aRegistryThatIsAwayIsWaitedForAndThenNamed() throws Exception {
        pictures(0, 3);
        more.put("registry.url", "http://127.0.0.1:1");
        more.put("patience.ms", "3600000");
        var patient = task(0, 1, folder);
        for (int polls = 0; polls < 3; polls++) {
            assertThat(patient.poll()).isNull();
        }
        assertThat(given.metric("outages-total")).isEqualTo(1);
        assertThat(given.metric("items-failed-total")).isZero();
        patient.stop();

        more.put("patience.ms", "0");
        var hasty = task(0, 1, folder);
        assertThatThrownBy(() -> IntStream.range(0, 20).forEach(_ -> polled(hasty)))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("The schema registry cannot be reached");
        hasty.stop();
    }

    private static void polled(ImageArchiveTask task) {
        try {
            task.poll();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void noMoreThanTheRateIsHandedOut() throws Exception {
        pictures(0, 20);
        more.put("limit.rate", "0.001"); // the first at once, the second after 1,000 s
        var task = task(0, 1, folder);
        var records = new ArrayList<SourceRecord>();
        for (int polls = 0; polls < 8; polls++) {
            var batch = task.poll();
            records.addAll(batch == null ? List.of() : batch);
        }
        assertThat(records).hasSize(1);
        task.stop();
        assertThat(task.poll()).isNull();
    }

    @Test
    void offsetsCanBeAlteredToWhatIsOne() {
        var connector = new ImageArchiveConnector();
        var place = new Place("run", "asked", "/data", 0, 32);
        assertThat(place.partition()) // Connect looks it up by its bytes, also from another JVM
                .hasToString("{run=run, asked=asked, source=/data, part=1/32}");
        var offset = Map.of("file", "a.png", "ordinal", 0);
        assertThat(connector.alterOffsets(Map.of(), Map.of(place.partition(), offset)))
                .isTrue();
        var none = new HashMap<Map<String, ?>, Map<String, ?>>();
        none.put(place.partition(), null);
        assertThat(connector.alterOffsets(Map.of(), none)).isTrue();
        assertThatThrownBy(() -> connector.alterOffsets(Map.of(), Map.of(place.partition(), Map.of("file", 5))))
                .hasMessageContaining("is none of this connector's");
        assertThatThrownBy(() -> connector.alterOffsets(Map.of(), Map.of(Map.of("file", "a"), offset)))
                .hasMessageContaining("is none of this connector's");
    }
}
