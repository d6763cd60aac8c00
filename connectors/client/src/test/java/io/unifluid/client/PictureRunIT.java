package io.unifluid.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.FileSystemBlobStore;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a real broker where nobody answers but this test. */
final class PictureRunIT {
    @TempDir
    private Path folder;

    private LocalBroker broker;
    private LocalRegistry registry;
    private InferenceClient client;
    private FileSystemBlobStore blobs;
    private KafkaProducer<byte[], byte[]> others;

    @BeforeEach
    void start() {
        broker = LocalBroker.startWithTopics();
        registry = LocalRegistry.mock();
        client = new InferenceClient(broker.bootstrapServers(), registry.url());
        blobs = new FileSystemBlobStore(folder.resolve("blobs"));
        others = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        others.close(Duration.ZERO);
        client.close();
        blobs.close();
        registry.close();
        broker.close();
    }

    private List<Path> files(int count) throws Exception {
        var files = new ArrayList<Path>();
        for (int i = 0; i < count; i++) {
            files.add(Files.write(folder.resolve(i + ".png"), new byte[] {1}));
        }
        return files;
    }

    private void answer(byte[] key, byte[] value) {
        others.send(new ProducerRecord<>(Topics.RESULTS.name(), key, value));
        others.flush();
    }

    private byte[] result(String id, ResultStatus status) {
        try (var results = AvroSerdes.of(registry.url()).serializer(Topics.RESULTS)) {
            return results.serialize(
                    Topics.RESULTS.name(),
                    InferenceResult.newBuilder()
                            .setRequestId(id)
                            .setTenant("local")
                            .setStatus(status)
                            .build());
        }
    }

    @Test
    void aStoppedRunCancelsWhatIsOnItsWayAndEveryFileThatWasBegunComesOutOnce() throws Exception {
        var files = files(PictureRun.IN_FLIGHT + 100);
        files.set(3, folder.resolve("missing.png"));
        var stop = new CompletableFuture<Void>();
        var cancelled = new ArrayList<String>();
        var out = new ArrayList<Answered>();
        var ending = new PictureRun.Ending(stop, new CompletableFuture<>(), ids -> {
            cancelled.addAll(ids);
            // All but one have their result of that.
            ids.stream().skip(1).forEach(id -> answer(utf8(id), result(id, ResultStatus.CANCELLED)));
            return true;
        });
        stop.completeOnTimeout(null, 3, TimeUnit.SECONDS);

        var complete =
                new PictureRun(client, new Pictures(blobs), RequestFactory::caption, ending).run(files, out::add);

        assertThat(complete).isFalse();
        assertThat(out).hasSize(PictureRun.IN_FLIGHT + 1);
        assertThat(out).extracting(Answered::file).doesNotHaveDuplicates();
        assertThat(cancelled).hasSize(PictureRun.IN_FLIGHT).doesNotHaveDuplicates();
        assertThat(out).filteredOn(done -> done.status().equals("CANCELLED")).hasSize(PictureRun.IN_FLIGHT - 1);
        assertThat(out)
                .filteredOn(done -> done.status().equals("UNANSWERED"))
                .singleElement()
                .satisfies(done -> assertThat(done.requestId()).hasValue(cancelled.getFirst()));
        assertThat(out)
                .filteredOn(done -> done.status().equals("NOT_SENT"))
                .singleElement()
                .satisfies(done ->
                        assertThat(done.failure()).hasValue(new Failure("UNREADABLE", "There is no such file.")));
    }

    @Test
    void aStackThatFailsEndsTheRunAndNamesWhatIsOutstanding() throws Exception {
        var problem = new EnvironmentProblem("The worker ended.");
        var cancelled = new ArrayList<Collection<String>>();
        var out = new ArrayList<Answered>();
        var ending = new PictureRun.Ending(
                new CompletableFuture<>(),
                new CompletableFuture<EnvironmentProblem>().completeOnTimeout(problem, 2, TimeUnit.SECONDS),
                cancelled::add);
        assertThatThrownBy(() -> new PictureRun(client, new Pictures(blobs), RequestFactory::caption, ending)
                        .run(files(5), out::add))
                .isSameAs(problem);
        assertThat(out).extracting(Answered::status).hasSize(5).containsOnly("UNANSWERED");
        assertThat(cancelled).isEmpty();
    }

    @Test
    void aRecordThatIsNoResultIsTheFaultOfNobodyElse() throws Exception {
        var first = Requests.caption("first", new byte[] {1}).build();
        var second = Requests.caption("second", new byte[] {1}).build();
        var waitsInVain = client.send(first);
        var waits = client.send(second);
        answer(null, utf8("no key"));
        answer(utf8("somebody"), utf8("no result"));
        answer(utf8("first"), utf8("\u0000 no result"));
        answer(utf8("second"), result("second", ResultStatus.SUCCEEDED));

        assertThat(waits.get(30, TimeUnit.SECONDS).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        assertThatThrownBy(() -> waitsInVain.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("cannot be read");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
