package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.testkit.Requests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request that kills every worker process that runs it fails alone. */
final class PoisonIT {
    private static final int MATES = 15;

    @TempDir
    Path scratch;

    @Test
    void onlyTheRequestThatCrashesTheWorkerFails() throws Exception {
        try (var path = WholePath.start(
                        scratch,
                        Map.of("lanes.generate-interactive.max-wait", "3s"), // so that all of them share a batch
                        Optional.empty());
                var worker = new RestartedWorker(path, scratch.resolve("worker.log"))) {
            var requests = new ArrayList<InferenceRequest>();
            for (int i = 0; i < MATES; i++) {
                requests.add(Requests.generate("mate-" + i, "a fox", i).build());
            }
            requests.add(6, Requests.generate("the-culprit", "a poison", 1).build());
            path.client.sendAll(requests);

            var ids = requests.stream().map(InferenceRequest::getRequestId).toList();
            var results = path.client.awaitAll(ids, Duration.ofMinutes(4));
            var culprit = results.get("the-culprit");
            assertThat(culprit.getStatus()).isEqualTo(ResultStatus.FAILED);
            assertThat(culprit.getError().getKind()).isEqualTo("CRASH");
            assertThat(culprit.getAttempts()).isLessThanOrEqualTo(5);
            for (int i = 0; i < MATES; i++) {
                var mate = results.get("mate-" + i);
                assertThat(mate.getStatus()).as("%s", mate.getError()).isEqualTo(ResultStatus.SUCCEEDED);
            }
            assertThat(results.values())
                    .allMatch(result ->
                            path.client.resultsOf(result.getRequestId()).size() == 1);
            assertThat(worker.crashes()).as("crashes").isBetween(2, 6);
            assertThat(Files.readString(scratch.resolve("worker.log")))
                    .contains("Request the-culprit was in the hands of a worker that ended");
        }
    }

    /** One worker process, started again whenever it ends. */
    private static final class RestartedWorker implements AutoCloseable {
        private final List<String> command;
        private final Path log;
        private final Thread watch;
        private volatile Process process;
        private volatile boolean closed;
        private volatile int crashes;

        RestartedWorker(WholePath path, Path log) {
            this.log = log;
            this.command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    CrashingWorker.class.getName(),
                    path.broker.bootstrapServers(),
                    path.registry.url(),
                    path.blobs.toString(),
                    "crashing-worker");
            this.process = start();
            this.watch = Thread.ofPlatform().daemon().start(this::keepAlive);
        }

        int crashes() {
            return crashes;
        }

        private void keepAlive() {
            try {
                while (true) {
                    process.waitFor();
                    if (closed) {
                        return;
                    }
                    crashes++;
                    process = start();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private Process start() {
            try {
                return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            closed = true;
            try {
                process.getOutputStream().close();
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
                watch.join();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
