package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.schemas.WorkerPresence;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of a cluster, as they speak of themselves on {@code unifluid.workers}. One that was killed counts until its
 * last word is too old. What is no announcement is left out. Safe from any thread.
 */
public final class WorkerDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerDirectory.class);

    private final InstantSource clock;
    private final Deserializer<WorkerAnnouncement> decoder;
    private final WorkerPresence presence = new WorkerPresence();
    /** What came while the topic was still read up; null from then on. */
    private List<ConsumerRecord<byte[], byte[]>> meanwhile = new ArrayList<>();

    private final TopicFollower follower;

    /**
     * Knows, when it returns, who runs, and from then on stays up to date.
     *
     * @throws EnvironmentProblem one sentence, when the topic is not there or may not be read
     */
    public static WorkerDirectory follow(Cluster cluster) {
        return new WorkerDirectory(cluster, InstantSource.system());
    }

    WorkerDirectory(Cluster cluster, InstantSource clock) {
        this.clock = clock;
        this.decoder = new AvroSerdes(cluster.registry()).deserializer(Topics.WORKERS);
        var settings = cluster.consumer();
        settings.put("allow.auto.create.topics", "false");
        try {
            follower = new TopicFollower(settings, List.of(Topics.WORKERS.name()), TopicFollower.From.END, this::came);
        } catch (UnknownTopicOrPartitionException e) {
            throw cluster.lacks(Topics.WORKERS.name(), e);
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.topic(Topics.WORKERS.name(), AclOperation.READ));
        }
        try (var scan = new TopicScan(cluster)) {
            readUp(scan);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Those who run now, by name, without staying up to date. */
    public static List<WorkerAnnouncement> now(Cluster cluster) {
        try (var directory = follow(cluster)) {
            return directory.running();
        }
    }

    private void readUp(TopicScan scan) {
        var extent = scan.extent(Topics.WORKERS.name());
        scan.read(extent, record -> {
            take(record);
            return true;
        });
        reachedEnd(extent.ends());
    }

    private synchronized void reachedEnd(Map<TopicPartition, Long> ends) {
        for (var record : meanwhile) {
            if (record.offset() >= ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
                take(record);
            }
        }
        meanwhile = null;
    }

    private synchronized void came(ConsumerRecord<byte[], byte[]> record) {
        if (meanwhile == null) {
            take(record);
        } else {
            meanwhile.add(record);
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        var worker = new String(record.key(), StandardCharsets.UTF_8);
        try {
            var said = decoder.deserialize(record.topic(), record.headers(), record.value());
            if (said == null) {
                presence.gone(worker, clock.instant());
            } else if (said.getWorker().equals(worker)) {
                presence.heard(said, clock.instant());
            }
        } catch (UndecodableRecordException e) {
            LOG.debug("A stranger's record on {} says nothing about a worker.", record.topic(), e);
        } catch (KafkaException e) {
            // It is said again within seconds.
            LOG.warn("An announcement of a worker cannot be read ({}).", Why.of(e));
        }
    }

    /**
     * Who runs now, by name: its model, device, tasks and limits, since when, and when it said so last.
     *
     * @throws EnvironmentProblem when the topic cannot be read any more
     */
    public synchronized List<WorkerAnnouncement> running() {
        if (follower.failure().isCompletedExceptionally()) {
            throw new EnvironmentProblem(
                    Topics.WORKERS.name() + " cannot be read any more ("
                            + Why.of(follower.failure().exceptionNow()) + ").",
                    follower.failure().exceptionNow());
        }
        return presence.running(clock.instant()).workers();
    }

    @Override
    public void close() {
        follower.close();
        decoder.close();
    }
}
