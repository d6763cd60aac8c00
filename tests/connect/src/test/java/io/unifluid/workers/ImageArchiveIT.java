package io.unifluid.workers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The packed plugin in Kafka's own distributed worker with the rights of the table and no others, killed in the middle. */
@Timeout(value = 1500, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ImageArchiveIT {
    /** More of them by {@code -Dunifluid.connect.kills=N}. */
    private static final int KILLS = Integer.getInteger("unifluid.connect.kills", 1);

    private static final String FAILURES = "connect-failures";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final int PICTURES = 400;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path scratch;

    private static LocalBroker broker;
    private static LocalRegistry registry;
    private static ConnectWorker worker;
    private static Path pictures;

    @BeforeAll
    static void start() throws Exception {
        broker = LocalBroker.secured();
        registry = LocalRegistry.start();
        worker = ConnectWorker.start(
                Files.createDirectory(scratch.resolve("worker")), kafka("connect"), ConnectWorker.OURS);
        pictures = Files.createDirectory(scratch.resolve("pictures"));
        for (int i = 0; i < PICTURES; i++) {
            Files.write(
                    pictures.resolve(String.format("%04d.png", i)),
                    ("\u0089PNG\r\n\u001a\n....IHDR\0\0\0\u0005\0\0\0\u0007" + i)
                            .getBytes(StandardCharsets.ISO_8859_1));
        }
        Files.write(pictures.resolve("empty.png"), new byte[0]);
    }

    @AfterAll
    static void stop() {
        worker.close();
        registry.close();
        broker.close();
    }

    private static Map<String, String> kafka(String user) {
        var kafka = new TreeMap<>(broker.client(user));
        kafka.put("bootstrap.servers", broker.bootstrapServers());
        return kafka;
    }

    private static Map<String, String> settings() {
        var settings = new TreeMap<String, String>();
        settings.put("connector.class", "io.unifluid.connect.ImageArchiveConnector");
        settings.put("tasks.max", "2");
        settings.put("key.converter", BYTES);
        settings.put("value.converter", BYTES);
        settings.put("exactly.once.support", "required");
        settings.put("sources", pictures.toString());
        settings.put("task", "caption");
        settings.put("caption.hint", "emoji, mostly");
        settings.put("blob.store", scratch.resolve("blobs").toString());
        settings.put("registry.url", registry.url());
        settings.put("failures.topic", FAILURES);
        settings.put("topic.creation.default.partitions", "1");
        settings.put("topic.creation.default.replication.factor", "1");
        return settings;
    }

    @Test
    void aStockWorkerFindsThePluginAndRefusesWhatIsWrong() throws Exception {
        var names = worker.get("/connector-plugins?connectorsOnly=false")
                .valueStream()
                .map(plugin -> plugin.path("class").asText() + " "
                        + plugin.path("version").asText())
                .toList();
        assertThat(names)
                .contains("io.unifluid.connect.ImageArchiveConnector 0.1.0-SNAPSHOT")
                .contains("io.unifluid.connect.FlattenResult 0.1.0-SNAPSHOT");
        var settings = settings();
        settings.put("name", "wrong");
        settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        settings.put("tenant", "");
        var answer = worker.answer("PUT", "/connectors/wrong/config", settings);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("The connector writes records as bytes that are complete: set value.converter=" + BYTES)
                .contains("Invalid value")
                .contains("2 error(s)");
    }

    @Test
    void everyPictureIsAskedAboutOnceHoweverOftenWorkersAreKilled() throws Exception {
        var requests = new CopyOnWriteArrayList<InferenceRequest>();
        var reader = AvroSerdes.of(registry.url()).deserializer(Topics.REQUESTS);
        var kafka = kafka("admin");
        try (var _ = new TopicFollower(
                kafka,
                List.of(Topics.REQUESTS.name()),
                TopicFollower.From.BEGINNING,
                record -> requests.add(reader.deserialize(record.topic(), record.headers(), record.value())))) {
            var settings = settings();
            settings.put("batch.items", "10");
            settings.put("limit.rate", "40");
            worker.put("pictures", settings);
            var random = new Random(13);
            for (int kill = 1; kill <= KILLS; kill++) {
                int before = (PICTURES - 100) * kill / (KILLS + 1) + random.nextInt(20);
                Await.until("some requests", () -> requests.size() >= before || failed("pictures"));
                worker.kill();
                worker.startAgain();
            }
            settings.remove("limit.rate");
            worker.put("pictures", settings);
            Await.until("all requests", () -> requests.size() >= PICTURES || failed("pictures"));
            Await.until("the failure", () -> !failures(kafka).isEmpty());
            worker.put("pictures", settings); // reads on from the offsets, and finds nothing
            Await.until(
                    "offsets that say so",
                    () -> worker.get("/connectors/pictures/offsets")
                                    .path("offsets")
                                    .size()
                            > 20);
            assertThat(requests.stream().map(request -> request.getLabels().get("archive.path")))
                    .hasSize(PICTURES)
                    .doesNotHaveDuplicates();
            assertThat(requests)
                    .allMatch(request -> request.getRequestId().startsWith("pictures-")
                            && ((Caption) request.getTask()).getHint().equals("emoji, mostly"));
            assertThat(failures(kafka))
                    .singleElement()
                    .satisfies(record -> assertThat(new ObjectMapper()
                                    .readTree(record.value())
                                    .path("path")
                                    .asText())
                            .isEqualTo("empty.png"));
        } finally {
            worker.delete("pictures");
        }
    }

    private static boolean failed(String connector) throws Exception {
        var failures = worker.failures(connector);
        if (!failures.isEmpty()) {
            throw new IllegalStateException("It failed: " + failures);
        }
        return false;
    }

    private static List<ConsumerRecord<byte[], byte[]>> failures(Map<String, String> kafka) throws Exception {
        var found = new CopyOnWriteArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var admin = broker.admin()) {
            if (!admin.listTopics().names().get().contains(FAILURES)) {
                return found;
            }
        }
        try (var _ = new TopicFollower(kafka, List.of(FAILURES), TopicFollower.From.BEGINNING, found::add)) {
            Thread.sleep(1_000);
        }
        return found;
    }
}
