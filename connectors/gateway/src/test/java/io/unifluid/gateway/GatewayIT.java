package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import io.unifluid.operations.tenants.TenantLimits;
import io.unifluid.testkit.Await;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers see, over HTTP, on a real broker and the whole path behind it. */
final class GatewayIT {
    @TempDir
    static Path scratch;

    private static Gateways path;

    @BeforeAll
    static void start() throws Exception {
        path = Gateways.start(scratch, Map.of("unifluid.gateway.max-body", "1048576"));
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
                "the key to be known",
                Gateways.PATIENCE,
                () -> path.get("/v1/models", made.key()).statusCode() == 200);
        path.tenants.revoke("passing", made.id());
        Await.until(
                "the key to be revoked",
                Gateways.PATIENCE,
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
        Await.until(
                "the key to be known",
                Gateways.PATIENCE,
                () -> path.get("/v1/models", key).statusCode() != 401);
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
        Await.until(
                "the key to be known",
                Gateways.PATIENCE,
                () -> path.get("/v1/models", key).statusCode() == 200);
        var body = "{\"model\":\"noop\",\"x\":\"" + "a".repeat(1900) + "\"}";
        assertThat(path.post("/v1/chat/completions", key, body).statusCode()).isNotEqualTo(429);
        assertThat(Gateways.error(path.post("/v1/chat/completions", key, body), 429)
                        .get("message")
                        .asText())
                .contains("2000 bytes per minute");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWithoutBeingRead() throws Exception {
        var endless = path.send(path.to("/v1/chat/completions", path.acme)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[3 << 20]))));
        assertThat(Gateways.error(endless, 413).get("code").asText()).isEqualTo("body_too_large");
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
