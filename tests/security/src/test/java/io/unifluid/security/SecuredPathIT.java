package io.unifluid.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.security.SecurityPage.Example;
import io.unifluid.testkit.AppProcess;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import io.unifluid.testkit.TestClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system on a broker with TLS, passwords and least rights, every process started as SECURITY.md says and each
 * with a user of its own; and no password in anything that any of them says.
 */
final class SecuredPathIT {
    @TempDir
    static Path scratch;

    private static LocalBroker broker;
    private static LocalRegistry registry;
    private static SecurityPage page;
    private static AppProcess streams;
    private static AppProcess worker;

    @BeforeAll
    static void start() throws Exception {
        broker = LocalBroker.secured();
        registry = LocalRegistry.shared();
        page = SecurityPage.read();
        var ofStreams = new HashMap<>(page.variables("Streams app", example("streams-app")));
        ofStreams.put("UNIFLUID_STREAMS_STATE_DIR", scratch.resolve("state").toString());
        streams = AppProcess.start(scratch.resolve("streams"), "io.unifluid.streams.StreamsApp", ofStreams);
        var ofWorker = new HashMap<>(page.variables("Worker", example("worker")));
        ofWorker.put("UNIFLUID_WORKER_MODEL", "noop");
        ofWorker.put(
                "UNIFLUID_WORKER_BLOB_STORE",
                Files.createDirectories(scratch.resolve("blobs")).toString());
        ofWorker.put("UNIFLUID_WORKER_HTTP_PORT", "0");
        worker = AppProcess.start(scratch.resolve("worker"), "io.unifluid.worker.WorkerApp", ofWorker);
        streams.awaitLine("streams-app ready", Await.PATIENCE);
        worker.awaitLine("worker ready", Await.PATIENCE);
    }

    @AfterAll
    static void stop() {
        Stream.of(worker, streams, registry, broker)
                .filter(part -> part != null)
                .forEach(SecuredPathIT::close);
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCaptionGoesThroughAndEveryCommandWorks() throws Exception {
        try (var client = TestClient.connect(broker, registry)) {
            client.send(Requests.caption("one", SampleArchive.scene(0).bytes()).build());
            assertThat(client.await("one", Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
            client.send(Topics.REQUESTS.name(), "junk", new byte[] {7}, Map.of());
            client.awaitDeadLetters(1, Await.PATIENCE);

            assertThat(command("cancel", "cancel", "one", "--tenant", "test")).contains("asked to cancel one");
            assertThat(command("dead-letters", "dead-letters", "list")).contains("unifluid.requests/");
            assertThat(command("dead-letters", "dead-letters", "redrive", "--dry-run"))
                    .contains("would send 1");
            assertThat(command("redrive", "dead-letters", "redrive", "--yes")).contains("sent 1");
            client.awaitDeadLetters(2, Await.PATIENCE);
            assertThat(command(
                            "blobs",
                            "blobs",
                            "collect",
                            "--blob-store",
                            scratch.resolve("blobs").toString()))
                    .contains("removed 0");
            assertThat(command("audit", "audit")).contains("proven");
            assertThat(command("webhooks", "webhooks", "add", "shop", "http://127.0.0.1:9/told", "--private-address"))
                    .contains("whsec_");
            assertThat(command("webhooks", "webhooks", "list"))
                    .contains("shop\twe_")
                    .contains("enabled\tall\thttp://127.0.0.1:9/told");
            assertThat(client.resultsOf("one")).hasSize(1);
        }
        try (var files = Files.walk(scratch)) {
            for (var file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".properties"))
                    .filter(file -> !file.startsWith(scratch.resolve("state")))
                    .toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContain("-secret");
            }
        }
        assertThat(streams.said()).contains("sasl.jaas.config = [hidden]");
        assertThat(worker.said()).contains("sasl.jaas.config = [hidden]");
    }

    private static Example example(String user) {
        return new Example(broker.bootstrapServers(), registry.url(), user, broker.client(user));
    }

    /** What it said; it must have succeeded. */
    private static String command(String user, String... words) throws Exception {
        var config =
                Files.writeString(scratch.resolve(user + ".properties"), page.properties("Commands", example(user)));
        var arguments = Stream.concat(
                        Stream.of(words),
                        Stream.of(
                                "--bootstrap-servers",
                                broker.bootstrapServers(),
                                "--registry",
                                registry.url(),
                                "--client-config",
                                config.toString()))
                .toArray(String[]::new);
        try (var process = AppProcess.start(
                scratch.resolve(String.join("-", List.of(words).subList(0, Math.min(2, words.length)))),
                "io.unifluid.cli.UniFluid",
                Map.of(),
                arguments)) {
            assertThat(process.awaitEnd(Await.PATIENCE)).as(process.said()).isZero();
            return process.said();
        }
    }
}
