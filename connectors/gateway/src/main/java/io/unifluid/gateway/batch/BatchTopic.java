package io.unifluid.gateway.batch;

import io.unifluid.client.TopicWriter;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.topic.CompactedTopic;
import io.unifluid.operations.tenants.Ids;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.Topics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Batches as they stand, and wishes to cancel them, for every gateway alike. Anyone may write a new batch or a wish; how a
 * batch goes on is written by the gateway that runs it ({@link FencedWriter}). Thread-safe.
 */
@Singleton
public final class BatchTopic {
    static final String KIND = "batch_";

    private static final String WISH = "/cancel";
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CompactedTopic<Batch> known;
    private final TopicWriter<Batch> writer;

    BatchTopic(GatewaySettings settings) {
        this.known = new CompactedTopic<>(settings.cluster(), Topics.BATCHES);
        this.writer = new TopicWriter<>(settings.cluster(), Topics.BATCHES);
    }

    public static boolean ended(Batch batch) {
        return switch (batch.getState()) {
            case FAILED, COMPLETED, EXPIRED, CANCELLED -> true;
            case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING, UNKNOWN -> false;
        };
    }

    static String wishKey(String id) {
        return id + WISH;
    }

    /** Returns when it is there for everybody, and known here. */
    void begin(Batch batch) {
        write(batch.getId(), batch);
        known.await(batch.getId(), Optional::isPresent, PATIENCE);
    }

    /** Likewise. */
    void wishToCancel(Batch batch) {
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        write(
                wishKey(batch.getId()),
                Batch.newBuilder(batch)
                        .setWish(true)
                        .setInputParts(List.of())
                        .setCancellingAt(now)
                        .build());
        known.await(wishKey(batch.getId()), Optional::isPresent, PATIENCE);
    }

    /** As it stands, whosever it is. */
    Optional<Batch> get(String id) {
        return known.get(id);
    }

    /** Nothing for one that is not there or is another tenant's. */
    Optional<Batch> find(String tenant, String id) {
        if (!Ids.is(KIND, id)) {
            return Optional.empty();
        }
        if (known.get(id).isEmpty() && Ids.isYoung(KIND, id)) {
            known.await(id, Optional::isPresent, ON_ITS_WAY);
        }
        return known.get(id).filter(batch -> batch.getTenant().equals(tenant));
    }

    /** That somebody wishes it cancelled. */
    Optional<Batch> wish(String id) {
        return known.get(wishKey(id));
    }

    /** All of them, in no order. */
    List<Batch> all() {
        return known.all().stream().filter(batch -> !batch.getWish()).toList();
    }

    /** Returns when this gateway has seen that it has ended. */
    void awaitEnd(String id) {
        known.await(id, now -> now.isEmpty() || ended(now.get()), PATIENCE);
    }

    /** Removes those whose end lies before this. */
    void forgetEndedBefore(Instant time) {
        all().stream()
                .filter(batch -> ended(batch) && batch.getCreatedAt().isBefore(time))
                .forEach(batch -> {
                    write(wishKey(batch.getId()), null);
                    write(batch.getId(), null);
                });
    }

    private void write(String key, Batch value) {
        synchronized (writer) {
            writer.send(key, value);
        }
    }

    Optional<String> trouble() {
        return known.trouble();
    }

    @PreDestroy
    void close() {
        known.close();
        synchronized (writer) {
            writer.close();
        }
    }
}
