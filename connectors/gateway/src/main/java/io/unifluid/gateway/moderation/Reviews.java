package io.unifluid.gateway.moderation;

import io.unifluid.client.Awaited;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.TopicWriter;
import io.unifluid.client.Why;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.reading.TopicFollower;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people must look at, and what they decide. Opened by the first who asks, since most gateways judge nothing: the topics
 * are read whole then, and followed from there, so that a later look costs what it shows. Thread-safe.
 */
@Singleton
final class Reviews {
    private static final Logger LOG = LoggerFactory.getLogger(Reviews.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TIDIED_EVERY = Duration.ofHours(1);
    private static final Duration KEPT =
            Duration.ofMillis(Long.parseLong(Topics.FLAGGED.config().get(TopicConfig.RETENTION_MS_CONFIG)));

    private final Cluster cluster;
    private final Path folder;
    private Following following;
    private Deciding deciding;

    Reviews(GatewaySettings settings) {
        this.cluster = settings.cluster();
        this.folder = settings.view().stateDir().resolve("reviews");
    }

    /**
     * A flagged verdict as it stands.
     *
     * @param last what was decided about it last and accepted
     */
    record Item(Verdict verdict, Optional<Ruling> last) {
        /** Whether people must look: nobody decided, or somebody appealed since. */
        boolean open() {
            return last.map(Ruling::getOpen).orElse(true);
        }

        ModerationDecision inForce() {
            return last.map(Ruling::getDecision).orElseGet(verdict::getDecision);
        }

        int revision() {
            return last.map(Ruling::getRevision).orElse(0);
        }
    }

    /**
     * Those of the tenant at which people must still look, the oldest first.
     *
     * @param after behind which one; null for the first
     * @return nothing where there is none of that id
     * @throws EnvironmentProblem when the topics cannot be read
     */
    Optional<List<Item>> open(String tenant, String after, int most) {
        var store = following().upToDate();
        return after == null
                ? Optional.of(store.open(tenant, null, most))
                : store.find(tenant, after).map(last -> store.open(tenant, last.verdict(), most));
    }

    /** Nothing for one that was not flagged, or is another tenant's. */
    Optional<Item> find(String tenant, String submission) {
        return following().upToDate().find(tenant, submission);
    }

    /** Another one where the last one has failed: it begins anew. */
    private synchronized Following following() {
        if (following != null && following.failed()) {
            following.close();
            following = null;
        }
        if (following == null) {
            following = new Following(cluster, folder);
        }
        return following;
    }

    /** The topics, as far as they were read. */
    private static final class Following implements AutoCloseable {
        private final Deserializer<Verdict> verdicts;
        private final Deserializer<Ruling> rulings;
        private final ReviewStore store;
        private final TopicFollower follower;
        private Instant tidied = Instant.now();

        /** @throws EnvironmentProblem when the topics cannot be read */
        Following(Cluster cluster, Path folder) {
            try (var scan = new TopicScan(cluster)) {
                scan.extent(Topics.FLAGGED.name(), Topics.RULINGS.name()); // says what is missing, in a sentence
            }
            var serdes = new AvroSerdes(cluster.registry());
            verdicts = serdes.deserializer(Topics.FLAGGED);
            rulings = serdes.deserializer(Topics.RULINGS);
            store = new ReviewStore(folder);
            try {
                follower = new TopicFollower(
                        cluster.consumer(),
                        List.of(Topics.FLAGGED.name(), Topics.RULINGS.name()),
                        TopicFollower.From.BEGINNING,
                        this::read);
            } catch (KafkaException e) {
                closeStore();
                throw cluster.refused(e, Need.topic(Topics.FLAGGED.name(), AclOperation.READ));
            }
        }

        /** A registry that is away ends the reading, so that nothing is passed over for it; the next look begins anew. */
        private void read(ConsumerRecord<byte[], byte[]> record) {
            try {
                if (record.value() == null) {
                    return;
                }
                if (record.topic().equals(Topics.FLAGGED.name())) {
                    store.flagged(
                            verdicts.deserialize(record.topic(), record.headers(), record.value()), record.timestamp());
                } else {
                    store.ruled(
                            rulings.deserialize(record.topic(), record.headers(), record.value()), record.timestamp());
                }
            } catch (UndecodableRecordException e) {
                LOG.warn(
                        "A record of {} at {} cannot be read and is passed over ({}).",
                        record.topic(),
                        record.offset(),
                        Why.of(e));
            }
            tidy();
        }

        private synchronized void tidy() {
            var now = Instant.now();
            if (now.isAfter(tidied.plus(TIDIED_EVERY))) {
                tidied = now;
                store.forgetBefore(now.minus(KEPT));
            }
        }

        boolean failed() {
            return follower.failure().isDone();
        }

        /**
         * With all that is committed now.
         *
         * @throws EnvironmentProblem when it cannot be read, or not in time
         */
        ReviewStore upToDate() {
            try {
                follower.caughtUp().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                throw new EnvironmentProblem("What people must look at is still being read: try again.", e);
            } catch (ExecutionException e) {
                throw new EnvironmentProblem(
                        "What people must look at cannot be read now (" + Why.of(e.getCause()) + "): try again.", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EnvironmentProblem("The gateway ends: try again.", e);
            }
            tidy();
            return store;
        }

        private void closeStore() {
            store.close();
            verdicts.close();
            rulings.close();
        }

        @Override
        public void close() {
            follower.close();
            closeStore();
        }
    }

    /** Ends of the topics. */
    private record Deciding(Awaited<Ruling> rulings, TopicWriter<CaseDecision> decisions) {}

    private synchronized Deciding deciding() {
        if (deciding == null) {
            var rulings = new Awaited<>(cluster, Topics.RULINGS, Ruling::getDecisionId);
            try {
                deciding = new Deciding(rulings, new TopicWriter<>(cluster, Topics.DECISIONS));
            } catch (RuntimeException e) {
                rulings.close();
                throw e;
            }
        }
        return deciding;
    }

    /**
     * Returns what became of it; nothing where nobody has ruled in time.
     *
     * @throws EnvironmentProblem when it cannot be sent
     */
    Optional<Ruling> decide(CaseDecision decision) {
        var to = deciding();
        var ruled = to.rulings().of(decision.getDecisionId());
        try {
            to.decisions().send(decision.getSubmissionId(), decision);
            return to.rulings().of(ruled, PATIENCE);
        } finally {
            to.rulings().forget(decision.getDecisionId());
        }
    }

    @PreDestroy
    synchronized void close() {
        if (following != null) {
            following.close();
        }
        if (deciding != null) {
            deciding.decisions().close();
            deciding.rulings().close();
        }
    }
}
