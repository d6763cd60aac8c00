package io.unifluid.archive.run;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.Why;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What goes out and what comes back: requests, and the committed results whose ids begin as the run's do, from where an
 * earlier process of the run must have stood.
 */
final class Traffic implements AutoCloseable {
    private static final String TOPIC = Topics.RESULTS.name();
    /** Nobody waits for a single row: batches of many requests are cheaper for everybody on their way. */
    private static final String LINGER_MS = "100";

    private static final String BATCH_BYTES = Integer.toString(128 << 10);
    /** A broker may be away for a while; a run of days goes on when it is back. */
    private static final String PATIENCE_MS = "600000";
    /** Not before anything was done, though. */
    private static final String START_PATIENCE_MS = "15000";

    private final Cluster cluster;
    private final byte[] prefix;
    private final Consumer<InferenceResult> sink;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<InferenceRequest> requests;
    private final Deserializer<InferenceResult> results;
    private final Map<Integer, Long> readTo = new ConcurrentHashMap<>();
    private final CompletableFuture<EnvironmentProblem> failure = new CompletableFuture<>();
    private final TopicFollower follower;

    /**
     * Returns when all results that there were have been handed on, and those to come are waited for.
     *
     * @param prefix how the ids of the run begin
     * @param from by partition, where to begin; empty begins at the end
     * @param like what will be sent, so that what the first of it needs is there by then; it is not sent itself
     * @param sink called by one thread at a time, with each result as often as it was written
     * @throws EnvironmentProblem when the broker or the registry does not let it
     */
    Traffic(
            Cluster cluster,
            String prefix,
            Map<Integer, Long> from,
            InferenceRequest like,
            Consumer<InferenceResult> sink) {
        this.cluster = cluster;
        this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
        this.sink = sink;
        var serdes = new AvroSerdes(cluster.registry());
        requests = serdes.serializer(Topics.REQUESTS);
        results = serdes.deserializer(Topics.RESULTS);
        var producing = cluster.producer();
        producing.put("linger.ms", LINGER_MS);
        producing.put("batch.size", BATCH_BYTES);
        producing.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        producing.putIfAbsent("delivery.timeout.ms", PATIENCE_MS);
        producing.putIfAbsent("max.block.ms", PATIENCE_MS);
        try {
            producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.topic(Topics.REQUESTS.name(), AclOperation.WRITE));
        }
        Thread.ofVirtual().name("acquaintance").start(() -> meet(like));
        try {
            follower = follow(from);
        } catch (UnknownTopicOrPartitionException e) {
            close(Duration.ZERO);
            throw cluster.lacks(TOPIC, e);
        } catch (KafkaException e) {
            close(Duration.ZERO);
            throw cluster.refused(e, Need.topic(TOPIC, AclOperation.READ));
        } catch (RuntimeException e) {
            close(Duration.ZERO);
            throw e;
        }
        follower.failure().exceptionally(e -> {
            failure.complete(
                    e instanceof EnvironmentProblem known
                            ? known
                            : new EnvironmentProblem("The results cannot be read any more (" + Why.of(e) + ").", e));
            return null;
        });
    }

    /** Has the broker and the registry asked what the first request asks them; what they refuse, they tell that one. */
    private void meet(InferenceRequest like) {
        var topic = Topics.intake(like.getPriority()).name();
        try {
            requests.serialize(topic, like);
            producer.partitionsFor(topic);
        } catch (RuntimeException e) {
            // whoever sends is told
        }
    }

    private TopicFollower follow(Map<Integer, Long> from) {
        var settings = cluster.consumer();
        settings.put("allow.auto.create.topics", "false");
        settings.putIfAbsent("default.api.timeout.ms", START_PATIENCE_MS);
        if (!from.isEmpty()) {
            return new TopicFollower(settings, List.of(TOPIC), caughtUp(from), this::read);
        }
        var atEnd = new TopicFollower(settings, List.of(TOPIC), TopicFollower.From.END, this::read);
        atEnd.started().forEach(this::readTo);
        return atEnd;
    }

    /** Reads what there is between there and the end, and says where the end was. */
    private Map<TopicPartition, Long> caughtUp(Map<Integer, Long> from) {
        try (var scan = new TopicScan(cluster)) {
            var all = scan.extent(TOPIC);
            all.ends().forEach(this::readTo);
            var begin = new HashMap<TopicPartition, Long>();
            all.beginnings().forEach((partition, first) -> {
                long known = from.getOrDefault(partition.partition(), first);
                // Where records have gone, or the cluster is another one, from what is left.
                long end = all.ends().get(partition);
                begin.put(partition, known > end ? first : Math.max(known, first));
            });
            scan.read(new TopicScan.Extent(all.topics(), begin, all.ends()), record -> {
                handOn(record);
                return true;
            });
            return all.ends();
        }
    }

    /** Up to where all results have been handed on, by partition. */
    Map<Integer, Long> readTo() {
        return Map.copyOf(readTo);
    }

    /** Completes when nothing more can be sent or read. */
    CompletableFuture<EnvironmentProblem> failure() {
        return failure;
    }

    /** @param tooLarge is told when the broker takes no record of that size */
    void send(InferenceRequest request, Runnable tooLarge) {
        var topic = Topics.intake(request.getPriority()).name();
        try {
            var record = new ProducerRecord<>(
                    topic, request.getRequestId().getBytes(StandardCharsets.UTF_8), requests.serialize(topic, request));
            producer.send(record, (_, problem) -> {
                if (problem instanceof RecordTooLargeException) {
                    tooLarge.run();
                } else if (problem != null) {
                    failure.complete(
                            problem instanceof KafkaException known
                                    ? refused(known, topic)
                                    : new EnvironmentProblem(
                                            "The request was not sent (" + Why.of(problem) + ").", problem));
                }
            });
        } catch (RegistryUnavailableException e) {
            throw new EnvironmentProblem(e.getMessage(), e);
        } catch (KafkaException e) {
            throw refused(e, topic);
        }
    }

    private EnvironmentProblem refused(KafkaException e, String topic) {
        return cluster.refused(e, Need.topic(topic, AclOperation.WRITE));
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        handOn(record);
        readTo(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }

    private void readTo(TopicPartition partition, long offset) {
        readTo.merge(partition.partition(), offset, Math::max);
    }

    private void handOn(ConsumerRecord<byte[], byte[]> record) {
        if (!ours(record.key())) {
            return;
        }
        try {
            var result = results.deserialize(record.topic(), record.headers(), record.value());
            if (result != null) {
                sink.accept(result);
            }
        } catch (RegistryUnavailableException e) {
            throw new EnvironmentProblem(e.getMessage(), e);
        } catch (UndecodableRecordException e) {
            throw new EnvironmentProblem(
                    "A result of this run cannot be read (" + Why.of(e) + "): see 'unifluid doctor'.", e);
        }
    }

    private boolean ours(byte[] key) {
        if (key == null || key.length < prefix.length) {
            return false;
        }
        for (int at = 0; at < prefix.length; at++) {
            if (key[at] != prefix[at]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        follower.close();
        close(Duration.ofSeconds(5));
    }

    private void close(Duration patience) {
        producer.close(patience);
        requests.close();
        results.close();
    }
}
