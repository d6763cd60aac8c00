package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.intake.IntakeAwayException;
import io.unifluid.streams.intake.IntakeLog;
import io.unifluid.streams.intake.KafkaIntakeLog;
import io.unifluid.streams.intake.Place;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import io.unifluid.testkit.TestClient;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.WorkerSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures are read where their senders wrote them: on a real broker, after a restart, and where records are gone. */
final class PicturesOnceIT {
    private static final int REQUESTS = 40;
    private static final long RECORDS = 2_000;

    @TempDir
    Path scratch;

    @Test
    void whatWaitedBeforeARestartHasItsPictureAfterItAndTheLogGivesWhatIsThere() throws Exception {
        try (var broker = LocalBroker.startWithTopics();
                var registry = LocalRegistry.shared();
                var client = TestClient.connect(broker, registry)) {
            var ids = IntStream.range(0, REQUESTS).mapToObj(i -> "r" + i).toList();
            try (var streams = new StreamsAppRunner(settings(broker, registry, "1h")).start()) {
                assertThat(streams.awaitReady(Await.PATIENCE)).isTrue();
                client.sendAll(ids.stream()
                        .map(id -> Requests.caption(
                                        id, SampleArchive.scene(ids.indexOf(id)).bytes())
                                .setPriority(Priority.BULK)
                                .build())
                        .toList());
                Await.until("all wait but for a full batch", () -> meter(streams) == REQUESTS);
            }
            try (var streams = new StreamsAppRunner(settings(broker, registry, "50ms")).start();
                    var worker = new WorkerRunner(WorkerSettings.of(
                            broker.bootstrapServers(),
                            registry.url(),
                            "noop",
                            scratch.resolve("blobs").toString()))) {
                worker.start();
                // Without its picture a caption fails before the model runs.
                assertThat(client.awaitAll(ids, Await.PATIENCE).values())
                        .allSatisfy(result -> assertThat(result.getStatus())
                                .as("%s", result.getError())
                                .isEqualTo(ResultStatus.SUCCEEDED));
                assertThat(ids)
                        .allSatisfy(id -> assertThat(client.resultsOf(id)).hasSize(1));
                assertThat(streams.meters()
                                .get("unifluid.intake.read.again")
                                .counter()
                                .count())
                        .isPositive();
            }
            theLogGivesWhatIsThere(broker, settings(broker, registry, "50ms"));
        }
    }

    private static double meter(StreamsAppRunner streams) {
        return streams.meters().get("unifluid.requests.admitted").counter().count();
    }

    private static void theLogGivesWhatIsThere(LocalBroker broker, StreamsSettings settings) throws Exception {
        broker.createTopic("intake", 2, Map.of());
        try (var producer = new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                var admin = broker.admin();
                var log = new KafkaIntakeLog(settings)) {
            for (long i = 0; i < RECORDS; i++) {
                producer.send(
                        new ProducerRecord<>("intake", (int) (i % 2), null, new byte[] {0, 0, 0, 0, 1, (byte) i}));
            }
            producer.flush();
            assertThat(read(log, 0, 0, 1, 900, 999)).contains(0L, 1L, 900L, 999L);
            assertThat(read(log, 1, 3)).contains(3L);
            assertThat(read(log, 1, 3)).as("again").contains(3L);
            assertThat(read(log, 1, 3, 1_000_000))
                    .as("behind the end")
                    .contains(3L)
                    .doesNotContain(1_000_000L);

            admin.deleteRecords(Map.of(new TopicPartition("intake", 0), RecordsToDelete.beforeOffset(500)))
                    .all()
                    .get();
            assertThat(read(log, 0, 1, 900)).contains(900L).doesNotContain(1L);
            assertThat(read(log, 0, 1)).as("only what was deleted").doesNotContain(1L);

            broker.stop();
            assertThatThrownBy(() -> read(log, 1, 7)).isInstanceOf(IntakeAwayException.class);
            broker.startAgain();
            Await.until("it is read again", () -> isRead(log, 7));
        }
    }

    private static boolean isRead(IntakeLog log, long offset) {
        try {
            return read(log, 1, offset).contains(offset);
        } catch (IntakeAwayException e) {
            return false;
        }
    }

    /** The offsets that are found. */
    private static Set<Long> read(IntakeLog log, int partition, long... offsets) {
        var places = LongStream.of(offsets)
                .mapToObj(offset -> new Place("intake", partition, offset, 0))
                .collect(Collectors.toSet());
        var found = log.read(places);
        assertThat(found).allSatisfy(record -> assertThat(record.value()).hasSize(6));
        return found.stream()
                .filter(record -> record.partition() == partition)
                .map(IntakeLog.Found::offset)
                .collect(Collectors.toSet());
    }

    private StreamsSettings settings(LocalBroker broker, LocalRegistry registry, String maxWait) {
        var settings = new HashMap<>(Map.of(
                "bootstrap-servers",
                broker.bootstrapServers(),
                "registry-url",
                registry.url(),
                "state-dir",
                scratch.resolve("state").toString(),
                "lanes.understand-bulk.max-wait",
                maxWait));
        return StreamsSettings.of(settings);
    }
}
