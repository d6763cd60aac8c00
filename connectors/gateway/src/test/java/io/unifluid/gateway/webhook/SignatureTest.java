package io.unifluid.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.unifluid.operations.tenants.WebhookChanges;
import io.unifluid.schemas.WebhookSecret;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the specification's own library says of our signatures. */
final class SignatureTest {
    private static final Instant NOW = Instant.now();
    private static final String BODY = "{\"text\":\"a fox, für Elise \\u0000\"}";

    @Test
    void theSpecificationsExampleIsSignedAsItSays() {
        // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
        var signed = Signature.of(
                List.of(secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null)),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1614265330,
                "{\"test\": 2432232314}",
                NOW);
        assertThat(signed).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void eachOfTwoSecretsVerifiesWhileOneTakesTheOthersPlace() {
        var fresh = WebhookChanges.newSecret();
        var old = WebhookChanges.newSecret();
        var secrets = List.of(secret(fresh, null), secret(old, NOW.plusSeconds(60)));
        assertThatCode(() -> verify(fresh, secrets)).doesNotThrowAnyException();
        assertThatCode(() -> verify(old, secrets)).doesNotThrowAnyException();
        assertThatThrownBy(() -> verify(WebhookChanges.newSecret(), secrets))
                .isInstanceOf(WebhookVerificationException.class);
        var after = List.of(secret(fresh, null), secret(old, NOW.minusSeconds(1)));
        assertThatThrownBy(() -> verify(old, after)).isInstanceOf(WebhookVerificationException.class);
    }

    private static void verify(String secret, List<WebhookSecret> signing) throws Exception {
        var headers = Map.of(
                "webhook-id", List.of("msg_1"),
                "webhook-timestamp", List.of(Long.toString(NOW.getEpochSecond())),
                "webhook-signature", List.of(Signature.of(signing, "msg_1", NOW.getEpochSecond(), BODY, NOW)));
        new Webhook(secret).verify(BODY, HttpHeaders.of(headers, (_, _) -> true));
    }

    private static WebhookSecret secret(String secret, Instant until) {
        return WebhookSecret.newBuilder().setSecret(secret).setUntil(until).build();
    }
}
