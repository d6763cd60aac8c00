package io.unifluid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The secured broker keeps out who it should, also after it was away. */
final class SecuredBrokerTest {
    private static LocalBroker broker;

    @BeforeAll
    static void start() {
        broker = LocalBroker.secured();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aClientWritesRequestsAndReadsResultsAndNothingElse() {
        broker.letIn("tenant-a", "client");
        try (var registry = LocalRegistry.mock();
                var client = TestClient.connect(broker, registry, "tenant-a")) {
            client.send(Requests.caption("one", new byte[] {1}).build());
            client.cancel("one");
            assertThatThrownBy(() -> client.send(Topics.OUTCOMES.name(), "one", new byte[] {1}, Map.of()))
                    .hasRootCauseInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(() -> client.send(Topics.DEAD_LETTERS, "one", new byte[] {1}, Map.of()))
                    .hasRootCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void whoeverIsNotWhoHeSaysStaysOutside() {
        var wrong = new HashMap<String, Object>(broker.client("client"));
        wrong.replace(
                "sasl.jaas.config",
                broker.client("client").get("sasl.jaas.config").replace("secret", "guess"));
        assertThatThrownBy(() -> topics(wrong)).hasCauseInstanceOf(SaslAuthenticationException.class);

        var strange = new HashMap<String, Object>(broker.client("client"));
        strange.remove("ssl.truststore.location");
        strange.remove("ssl.truststore.password");
        assertThatThrownBy(() -> topics(strange)).hasCauseInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void aRightThatIsTakenAwayIsGone() throws Exception {
        var right = Rights.of("audit").stream()
                .filter(each -> each.name().equals(Topics.RESULTS.name()))
                .findFirst()
                .orElseThrow();
        assertThat(topics(new HashMap<>(broker.client("audit")))).contains(Topics.RESULTS.name());
        broker.revoke(right);
        assertThat(topics(new HashMap<>(broker.client("audit")))).doesNotContain(Topics.RESULTS.name());
        broker.stop();
        broker.startAgain();
        broker.grant(java.util.List.of(right));
        assertThat(topics(new HashMap<>(broker.client("audit")))).contains(Topics.RESULTS.name());
    }

    private static Set<String> topics(Map<String, Object> client) throws Exception {
        client.put("bootstrap.servers", broker.bootstrapServers());
        try (var admin = Admin.create(client)) {
            return admin.listTopics().names().get();
        }
    }
}
