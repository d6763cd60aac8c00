package io.unifluid.gateway.webhook;

import io.unifluid.client.TopicWriter;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.topic.CompactedTopic;
import io.unifluid.operations.tenants.Ids;
import io.unifluid.operations.tenants.WebhookChanges;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WebhookEndpoint;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where tenants want to be told. Thread-safe. */
@Singleton
final class Endpoints {
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CompactedTopic<WebhookEndpoint> known;
    private final TopicWriter<WebhookEndpoint> writer;

    Endpoints(GatewaySettings settings) {
        this.known = new CompactedTopic<>(settings.cluster(), Topics.WEBHOOKS);
        this.writer = new TopicWriter<>(settings.cluster(), Topics.WEBHOOKS);
    }

    /** Nothing for one that is not there or is another tenant's. */
    Optional<WebhookEndpoint> find(String tenant, String id) {
        var key = WebhookChanges.key(tenant, id);
        if (known.get(key).isEmpty() && Ids.isYoung(WebhookChanges.KIND, id)) {
            known.await(key, Optional::isPresent, ON_ITS_WAY);
        }
        return known.get(key);
    }

    List<WebhookEndpoint> of(String tenant) {
        return known.all().stream()
                .filter(one -> one.getTenant().equals(tenant))
                .toList();
    }

    /** Whether there is any that stands. */
    boolean any() {
        return known.all().stream().anyMatch(one -> one.getEndedAt() == null);
    }

    /** Those of the tenant that stand and want this type. */
    List<WebhookEndpoint> wanting(String tenant, String type) {
        return of(tenant).stream()
                .filter(one -> one.getEndedAt() == null
                        && (one.getEvents().isEmpty() || one.getEvents().contains(type)))
                .toList();
    }

    /** Returns when it stands so for everybody, and is known here. */
    void keep(WebhookEndpoint endpoint) {
        var key = WebhookChanges.key(endpoint);
        synchronized (writer) {
            writer.send(key, endpoint);
        }
        known.await(key, now -> now.equals(Optional.of(endpoint)), PATIENCE);
    }

    void end(WebhookEndpoint endpoint, String because) {
        keep(WebhookChanges.disabled(endpoint, because, Instant.now()));
    }

    void remove(WebhookEndpoint endpoint) {
        var key = WebhookChanges.key(endpoint);
        synchronized (writer) {
            writer.send(key, null);
        }
        known.await(key, Optional::isEmpty, PATIENCE);
    }

    @PreDestroy
    void close() {
        known.close();
        synchronized (writer) {
            writer.close();
        }
    }
}
