package io.unifluid.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContext;
import io.unifluid.inference.families.Models;
import io.unifluid.service.health.ProbeServer;
import io.unifluid.testkit.FreePorts;
import io.unifluid.worker.config.WorkerContext;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said over HTTP by a worker that has not started yet. */
final class ProbesTest {
    private final int port = FreePorts.take(1)[0];
    private ApplicationContext context;

    @BeforeEach
    void serve() {
        WorkerSettings settings = WorkerSettings.of("localhost:1", "mock://probes", "noop", "/tmp/blobs");
        context = WorkerContext.of(settings.withHttpPort(port), (ModelSource) Models::noOp)
                .start();
        context.getBean(ProbeServer.class).start();
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void aWorkerThatStartsIsOfUseAndTakesNoWork() throws Exception {
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/health").body()).isEqualTo("ok\n");
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).isEqualTo("The worker starts.\n");
        assertThat(get("/ready").headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    }

    @Test
    void prometheusReadsTheJvmBesideOurOwn() throws Exception {
        HttpResponse<String> metrics = get("/metrics");
        assertThat(metrics.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body())
                .contains("jvm_memory_used_bytes{", "process_cpu_usage", "unifluid_worker_device_busy_seconds_total");
    }

    @Test
    void nothingElseIsServed() throws Exception {
        for (String path : new String[] {"/", "/prometheus", "/beans", "/env", "/health/liveness"}) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    /** As the images' check does, with no more than bash. */
    @Test
    void answersWithoutAHost() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write("GET /ready HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains(" 503 ")
                    .endsWith("The worker starts.\n");
        }
    }

    @Test
    void aPortThatIsTakenAndAnAddressOfAnotherMachineAreSaidInOneSentence() {
        WorkerSettings settings = WorkerSettings.of("localhost:1", "mock://probes", "noop", "/tmp/blobs");
        try (ApplicationContext second = WorkerContext.of(settings.withHttpPort(port), (ModelSource) Models::noOp)
                .start()) {
            assertThatThrownBy(second.getBean(ProbeServer.class)::start)
                    .isInstanceOf(WorkerStartException.class)
                    .hasMessage("Port " + port + " is busy; give the worker another http-port, or 0 for none.");
        }
        WorkerSettings elsewhere = new WorkerSettings(
                settings.worker(),
                settings.kafka(),
                settings.model(),
                settings.flow(),
                settings.pictures(),
                "192.0.2.1",
                port);
        try (ApplicationContext second =
                WorkerContext.of(elsewhere, (ModelSource) Models::noOp).start()) {
            assertThatThrownBy(second.getBean(ProbeServer.class)::start)
                    .isInstanceOf(WorkerStartException.class)
                    .hasMessageStartingWith("The worker cannot listen on port " + port + " of 192.0.2.1 (")
                    .hasMessageEndingWith("); give an address of this machine as http-host, such as 127.0.0.1.");
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
