package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import io.unifluid.operations.tenants.TenantLimits;
import io.unifluid.testkit.Await;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers see, over HTTP, on a real broker and the whole path behind it. */
final class GatewayIT {
    @TempDir
    static Path scratch;

    private static Gateways path;

    @BeforeAll
    static void start() throws Exception {
        path = Gateways.start(
                scratch, Map.of("unifluid.gateway.max-body", "1048576", "unifluid.gateway.max-upload", "2097152"));
    }

    @AfterAll
    static void stop() {
        path.close();
    }

    @Test
    void modelsAreThoseThatWorkersRun() {
        var client = path.openAi(path.acme);
        assertThat(client.models().list().data()).singleElement().satisfies(model -> {
            assertThat(model.id()).isEqualTo("noop");
            assertThat(model.ownedBy()).isEqualTo("unifluid");
        });
        assertThat(client.models().retrieve("noop").id()).isEqualTo("noop");
        assertThatThrownBy(() -> client.models().retrieve("gpt-4o"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("No worker runs the model 'gpt-4o': take one of noop.");
    }

    @Test
    void aKeyLetsInUntilItIsRevoked() throws Exception {
        var made = path.tenants.add("passing", Optional.empty());
        Await.until(
                "the key to be known", () -> path.get("/v1/models", made.key()).statusCode() == 200);
        path.tenants.revoke("passing", made.id());
        Await.until(
                "the key to be revoked",
                () -> path.get("/v1/models", made.key()).statusCode() == 401);
        assertThatThrownBy(() -> path.openAi(made.key()).models().list()).isInstanceOf(UnauthorizedException.class);
    }

    @Test
    void withoutARightKeyNobodyGetsIn() throws Exception {
        for (var key : new String[] {"", "wrong", "local"}) {
            var error = Gateways.error(path.get("/v1/models", key), 401);
            assertThat(error.get("code").asText()).isEqualTo("invalid_api_key");
            assertThat(error.get("message").asText()).doesNotContain("wrong").endsWith(".");
        }
        var basic = path.send(path.to("/v1/models", "").header("authorization", "Basic YTpi"));
        assertThat(Gateways.error(basic, 401).get("message").asText()).contains("Bearer KEY");
    }

    @Test
    void aTenantOverItsRateIsToldWhenToComeAgain() throws Exception {
        var key =
                path.tenants.add("slow", Optional.of(new TenantLimits(3, 0, 0))).key();
        Await.until("the key to be known", () -> path.get("/v1/models", key).statusCode() != 401);
        var left = path.get("/v1/models", key);
        while (left.statusCode() == 200) {
            assertThat(left.headers().firstValue("x-ratelimit-limit-requests")).contains("3");
            left = path.get("/v1/models", key);
        }
        assertThat(Gateways.error(left, 429).get("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(left.headers().firstValue("retry-after").orElseThrow()).matches("[1-9]\\d?");
        assertThat(left.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
        assertThat(path.get("/v1/models", path.acme).statusCode())
                .as("another tenant")
                .isEqualTo(200);
    }

    @Test
    void aTenantOverItsBytesIsRefusedAndOthersAreNot() throws Exception {
        var key = path.tenants
                .add("heavy", Optional.of(new TenantLimits(0, 2000, 0)))
                .key();
        Await.until("the key to be known", () -> path.get("/v1/models", key).statusCode() == 200);
        var body = "{\"model\":\"noop\",\"x\":\"" + "a".repeat(1900) + "\"}";
        assertThat(path.post("/v1/chat/completions", key, body).statusCode()).isNotEqualTo(429);
        assertThat(Gateways.error(path.post("/v1/chat/completions", key, body), 429)
                        .get("message")
                        .asText())
                .contains("2000 bytes per minute");
    }

    /** Some look for an answer only when all is sent. */
    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, right, application/json, 413, body_too_large, 100",
        "/v1/chat/completions, wrong, application/json, 401, invalid_api_key, 20",
        "/requests, right, multipart/form-data; boundary=a, 413, body_too_large, 20",
        "/requests, right, text/plain, 413 415, body_too_large unsupported_media_type, 20",
        "/v1/files, right, multipart/form-data; boundary=a, 413 400, body_too_large invalid_form, 20",
        "/v1/files, wrong, multipart/form-data; boundary=a, 401, invalid_api_key, 20",
        "/nothing, right, application/json, 404, not_found, 20",
        "/metrics, right, application/json, 405, method_not_allowed, 20"
    })
    void aLargeBodyThatIsRefusedIsAnsweredAtOnce(
            String at, String key, String type, String statuses, String codes, int millions) throws Exception {
        long many = millions * 1_000_000L;
        var announced = new StringBuilder();
        for (boolean chunked : new boolean[] {false, true}) {
            var body = HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(many));
            var answer = path.send(path.to(at, key.equals("right") ? path.acme : key)
                    .header("content-type", type)
                    .POST(chunked ? body : HttpRequest.BodyPublishers.fromPublisher(body, many)));
            assertThat(statuses).contains(Integer.toString(answer.statusCode()));
            assertThat(codes)
                    .contains(Gateways.error(answer, answer.statusCode())
                            .get("code")
                            .asText());
            announced
                    .append(answer.headers().firstValue("connection").orElse("-"))
                    .append(' ');
        }
        assertThat(announced.toString()).as("that the connection ends").startsWith("close");
        var answer = onlyAnnounced(at, key.equals("right") ? path.acme : key, type, many);
        assertThat(answer)
                .as("before a byte of the body")
                .contains("connection: close")
                .contains("\"error\"");
        assertThat(path.get("/v1/models", path.acme).statusCode()).isEqualTo(200);
    }

    /** What comes for the head of a request, of whose body nothing is sent, until the connection is closed. */
    private static String onlyAnnounced(String at, String key, String type, long many) throws Exception {
        var address = path.gateway.address();
        try (var socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write(("POST " + at + " HTTP/1.1\r\nhost: here\r\nauthorization: Bearer " + key
                                    + "\r\ncontent-type: " + type + "\r\ncontent-length: " + many + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            var said = new StringBuilder();
            var buffer = new byte[4096];
            while (!said.toString().endsWith("}}")) {
                int count = socket.getInputStream().read(buffer);
                assertThat(count).as("the answer").isPositive();
                said.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
            return said.toString();
        }
    }

    @Test
    void openAisClientSeesWhyALargeUploadIsRefused() {
        var file = new ByteArrayInputStream(new byte[20 << 20]);
        assertThatThrownBy(() -> path.openAi("wrong")
                        .files()
                        .create(FileCreateParams.builder()
                                .purpose(FilePurpose.BATCH)
                                .file(file)
                                .build()))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("The key is not known");
    }

    @Test
    void curlSeesWhyALargeUploadIsRefused() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl"))),
                "SKIPPED: there is no curl here.");
        var large = scratch.resolve("large.json");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(100_000_000);
        }
        for (var expect : List.of("Expect: 100-continue", "Expect:")) {
            var process = new ProcessBuilder(
                            "curl",
                            "--silent",
                            "--max-time",
                            "60",
                            "--header",
                            expect,
                            "--header",
                            "content-type: application/json",
                            "--header",
                            "authorization: Bearer " + path.acme,
                            "--data-binary",
                            "@" + large,
                            path.gateway.address() + "/v1/chat/completions")
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .as(expect)
                    .contains("body_too_large");
        }
    }

    /** Many of them, and no memory. */
    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long many) {
            left = many;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            Arrays.fill(bytes, offset, offset + count, (byte) 0);
            left -= count;
            return count;
        }
    }

    @Test
    void headersThatAreTooLargeAreRefused() throws Exception {
        var refused = path.send(path.to("/v1/models", path.acme).header("x-long", "a".repeat(20_000)));
        assertThat(refused.statusCode()).isIn(400, 413, 431);
    }

    @Test
    void whatIsNotThereIsSaidInTheSameShape() throws Exception {
        assertThat(Gateways.error(path.get("/v1/nothing", path.acme), 404)
                        .get("code")
                        .asText())
                .isEqualTo("not_found");
        assertThat(Gateways.error(path.send(path.to("/v1/models", path.acme).DELETE()), 405)
                        .get("code")
                        .asText())
                .isEqualTo("method_not_allowed");
    }

    @Test
    void thePathsAreDescribedForEverybody() throws Exception {
        var described = path.get("/openapi.yaml", "");
        assertThat(described.statusCode()).isEqualTo(200);
        assertThat(described.headers().firstValue("content-type")).contains("application/yaml");
        assertThat(described.body()).startsWith("openapi: 3").contains("/requests/{id}/events:");
    }

    @Test
    void everyAnswerHasAnIdThatTheCallerMayChoose() throws Exception {
        var chosen = path.send(path.to("/v1/models", path.acme).header("x-request-id", "mine-1"));
        assertThat(chosen.headers().firstValue("x-request-id")).contains("mine-1");
        var strange = path.send(path.to("/v1/models", "").header("x-request-id", "<script>"));
        assertThat(strange.headers().firstValue("x-request-id").orElseThrow()).startsWith("req-");
    }

    @Test
    void probesAnswerWithoutAKey() throws Exception {
        assertThat(path.get("/health", "").body()).isEqualTo("ok\n");
        assertThat(path.get("/ready", "").statusCode()).isEqualTo(200);
        assertThat(path.get("/metrics", "").body()).contains("unifluid_gateway_answers_seconds_count");
    }

    @Test
    void onAMachineForOneselfNoKeyIsNeeded() throws Exception {
        try (var open = path.another(Map.of("unifluid.gateway.local-tenant", "local"))) {
            var at = HttpRequest.newBuilder(open.address().resolve("/v1/models"));
            assertThat(path.send(at).statusCode()).isEqualTo(200);
            assertThat(path.send(at.copy().header("authorization", "Bearer local"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(path.send(at.copy().header("authorization", "Bearer wrong"))
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThatThrownBy(() -> path.another(
                        Map.of("unifluid.gateway.local-tenant", "local", "unifluid.gateway.http-host", "0.0.0.0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("who reaches the gateway would need no key");
    }
}
