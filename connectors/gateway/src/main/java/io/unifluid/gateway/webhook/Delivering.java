package io.unifluid.gateway.webhook;

import io.micrometer.core.instrument.MeterRegistry;
import io.unifluid.blobs.fetch.FetchException;
import io.unifluid.blobs.fetch.WebPosts;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicWriter;
import io.unifluid.client.Why;
import io.unifluid.gateway.config.WebhookSettings;
import io.unifluid.gateway.topic.GroupReading;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.WebhookDelivery;
import io.unifluid.schemas.WebhookEndpoint;
import io.unifluid.schemas.WebhookMessage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the messages of this gateway's share of {@code unifluid.webhooks.pending}, which is read whole whenever the share
 * changes: what waits, for days where it must, is there again after a restart. One thread decides; posts have threads of
 * their own.
 */
final class Delivering implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivering.class);
    private static final String GROUP = "unifluid-gateway-deliveries";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int GONE = 410;
    private static final int MOST_AT_ONCE = 64;
    private static final int MOST_AT_ONE_ENDPOINT = 8;
    /** Of one endpoint and a share: more means that nobody is there. */
    private static final int MOST_WAITING = 20_000;

    private final WebhookSettings settings;
    private final Endpoints endpoints;
    private final MeterRegistry meters;
    private final WebPosts posts;
    private final Deserializer<WebhookMessage> decoder;
    private final TopicWriter<WebhookMessage> pending;
    private final TopicWriter<WebhookDelivery> log;
    private final GroupReading reading;
    private final Map<String, Waiting> waiting = new HashMap<>();
    private final Map<TopicPartition, Long> unread = new HashMap<>();
    private final Map<String, String> underWay = new HashMap<>();
    private final Queue<Attempt> attempted = new ConcurrentLinkedQueue<>();

    private record Waiting(int partition, WebhookMessage message) {}

    /**
     * What came of one.
     *
     * @param status 0 for no answer
     * @param error empty for a success
     */
    private record Attempt(String key, WebhookMessage message, Instant at, int status, Optional<String> error) {}

    Delivering(Cluster cluster, WebhookSettings settings, Endpoints endpoints, MeterRegistry meters) {
        this.settings = settings;
        this.endpoints = endpoints;
        this.meters = meters;
        this.posts = new WebPosts(settings.privateAddresses(), settings.timeout());
        this.decoder = new AvroSerdes(cluster.registry()).deserializer(Topics.WEBHOOK_MESSAGES);
        this.pending = new TopicWriter<>(cluster, Topics.WEBHOOK_MESSAGES);
        this.log = new TopicWriter<>(cluster, Topics.WEBHOOK_DELIVERIES);
        for (var outcome : List.of("delivered", "failed", "given_up", "dropped")) {
            count(outcome, 0);
        }
        this.reading = new GroupReading(cluster, GROUP, "earliest");
        reading.start("webhooks-deliver", List.of(Topics.WEBHOOK_MESSAGES.name()), new Whole(), new Work());
    }

    static String key(WebhookMessage message) {
        return message.getEndpoint() + "/" + message.getId();
    }

    private void count(String outcome, int more) {
        meters.counter("unifluid.gateway.webhooks", "outcome", outcome).increment(more);
    }

    private final class Work implements GroupReading.Work {
        @Override
        public void turn() {
            reading.consumer().poll(POLL).forEach(Delivering.this::read);
            unread.entrySet().removeIf(one -> reading.consumer().position(one.getKey()) >= one.getValue());
            settle();
            if (unread.isEmpty()) {
                begin(Instant.now());
            }
        }

        @Override
        public void failed(RuntimeException problem) {
            LOG.warn("Webhooks are not delivered at the moment ({}).", Why.of(problem), problem);
        }
    }

    /** A share is read from its beginning: what lies there is what waits. */
    private final class Whole implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> given) {
            reading.consumer().seekToBeginning(given);
            unread.putAll(reading.consumer().endOffsets(given));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            taken.forEach(one -> {
                unread.remove(one);
                waiting.values().removeIf(message -> message.partition() == one.partition());
            });
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        var key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            waiting.remove(key);
            return;
        }
        try {
            var message = decoder.deserialize(record.topic(), record.headers(), record.value());
            waiting.put(key, new Waiting(record.partition(), message));
        } catch (UndecodableRecordException e) {
            LOG.warn("A message for a webhook cannot be read and is not delivered ({}).", Why.of(e));
            count("dropped", 1);
        }
    }

    private void begin(Instant now) {
        if (underWay.size() >= MOST_AT_ONCE) {
            return;
        }
        var ofEndpoint = new HashMap<String, Integer>();
        underWay.values().forEach(endpoint -> ofEndpoint.merge(endpoint, 1, Integer::sum));
        var counts = new HashMap<String, Integer>();
        waiting.values().forEach(one -> counts.merge(one.message().getEndpoint(), 1, Integer::sum));
        var due = waiting.entrySet().stream()
                .filter(one -> !underWay.containsKey(one.getKey())
                        && !now.isBefore(one.getValue().message().getDueAt()))
                .sorted(Comparator.comparing(one -> one.getValue().message().getDueAt()))
                .toList();
        Set<String> gone = new HashSet<>();
        for (var one : due) {
            var message = one.getValue().message();
            var endpoint = endpoints.find(message.getTenant(), message.getEndpoint());
            if (endpoint.filter(to -> to.getEndedAt() == null).isEmpty()) {
                gone.add(one.getKey());
            } else if (counts.get(message.getEndpoint()) > MOST_WAITING) {
                endpoints.end(
                        endpoint.get(),
                        "More than " + MOST_WAITING + " messages wait: make a new endpoint where somebody answers.");
                gone.add(one.getKey());
            } else if (underWay.size() < MOST_AT_ONCE
                    && ofEndpoint.merge(message.getEndpoint(), 1, Integer::sum) <= MOST_AT_ONE_ENDPOINT) {
                underWay.put(one.getKey(), message.getEndpoint());
                Thread.ofVirtual().start(() -> attempted.add(attempt(one.getKey(), message, endpoint.get())));
            }
        }
        gone.forEach(key -> {
            pending.send(key, null);
            waiting.remove(key);
            count("dropped", 1);
        });
    }

    private Attempt attempt(String key, WebhookMessage message, WebhookEndpoint endpoint) {
        var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try {
            var fields = new LinkedHashMap<String, String>();
            fields.put("Content-Type", "application/json");
            fields.put("webhook-id", message.getId());
            fields.put("webhook-timestamp", Long.toString(at.getEpochSecond()));
            fields.put(
                    "webhook-signature",
                    Signature.of(
                            endpoint.getSecrets(), message.getId(), at.getEpochSecond(), message.getPayload(), at));
            int status = posts.post(
                    URI.create(endpoint.getUrl()), fields, message.getPayload().getBytes(StandardCharsets.UTF_8));
            return new Attempt(
                    key,
                    message,
                    at,
                    status,
                    status >= 200 && status < 300
                            ? Optional.empty()
                            : Optional.of("The endpoint answered " + status + "."));
        } catch (FetchException e) {
            return new Attempt(key, message, at, 0, Optional.of(e.getMessage()));
        } catch (RuntimeException e) {
            return new Attempt(key, message, at, 0, Optional.of("It was not sent (" + Why.of(e) + ")."));
        }
    }

    private void settle() {
        for (var done = attempted.peek(); done != null; done = attempted.peek()) {
            settle(done);
            attempted.remove();
            underWay.remove(done.key());
        }
    }

    private void settle(Attempt done) {
        var message = done.message();
        var next = done.error().isEmpty() || done.status() == GONE
                ? Optional.<Instant>empty()
                : settings.again(message.getAttempts()).map(Instant.now().truncatedTo(ChronoUnit.MILLIS)::plus);
        log.send(
                message.getTenant() + "/" + message.getEndpoint(),
                WebhookDelivery.newBuilder()
                        .setId(message.getId())
                        .setEndpoint(message.getEndpoint())
                        .setTenant(message.getTenant())
                        .setType(message.getType())
                        .setAttempt(message.getAttempts() + 1)
                        .setAt(done.at())
                        .setMillis(Duration.between(done.at(), Instant.now()).toMillis())
                        .setStatus(done.status())
                        .setError(done.error().orElse(null))
                        .setNextAt(next.orElse(null))
                        .build());
        if (done.status() == GONE) {
            endpoints
                    .find(message.getTenant(), message.getEndpoint())
                    .filter(endpoint -> endpoint.getEndedAt() == null)
                    .ifPresent(endpoint -> endpoints.end(endpoint, "The endpoint answered 410: it is gone for good."));
        }
        if (next.isPresent()) {
            var later = WebhookMessage.newBuilder(message)
                    .setAttempts(message.getAttempts() + 1)
                    .setDueAt(next.get())
                    .build();
            pending.send(done.key(), later);
            waiting.computeIfPresent(done.key(), (_, was) -> new Waiting(was.partition(), later));
            count("failed", 1);
        } else {
            pending.send(done.key(), null);
            waiting.remove(done.key());
            count(done.error().isEmpty() ? "delivered" : "given_up", 1);
        }
    }

    @Override
    public void close() {
        reading.close();
        posts.close();
        pending.close();
        log.close();
        decoder.close();
    }
}
