package io.unifluid.gateway.batch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.unifluid.client.ClientSettings;
import io.unifluid.client.UniFluidClient;
import io.unifluid.client.Why;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.file.StoredFiles;
import io.unifluid.gateway.openai.Bodies;
import io.unifluid.gateway.topic.GroupReading;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.BatchState;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the batches that are this gateway's. Whose a batch is follows from its id: the gateways share the partitions of
 * {@code unifluid.batches} as a consumer group, so that when one of them is gone the others have its batches within
 * seconds, and {@link FencedWriter} shuts out one that has not noticed.
 */
@Singleton
public final class BatchOwner {
    private static final Logger LOG = LoggerFactory.getLogger(BatchOwner.class);

    static final String GROUP = "unifluid-gateway-batches";

    private static final int MOST_AT_ONCE = 32;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    /** Until the last word of whoever had a share before is here. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private static final Duration STOPPING = Duration.ofSeconds(20);
    private static final Duration TIDIED_EVERY = Duration.ofMinutes(1);
    private static final Duration REMEMBERED = Duration.ofDays(60);

    private final UniFluidClient client;
    private final BatchTopic topic;
    private final StoredFiles files;
    private final LineResults results;
    private final Deserializer<InferenceResult> decoder;
    private final BatchRun.Means means;
    private final GroupReading reading;
    private final GatewaySettings settings;
    private final Map<Integer, Share> shares = new HashMap<>();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Map<String, Instant> notBefore = new ConcurrentHashMap<>();
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private int partitions;
    private Instant tidied = Instant.now();
    private volatile Optional<String> trouble = Optional.empty();

    /** A partition that is this gateway's. */
    private record Share(FencedWriter writer, Instant since) {}

    private record Running(Batch batch, BatchRun run, Thread thread) {}

    BatchOwner(GatewaySettings settings, BatchTopic topic, StoredFiles files, Bodies bodies, MeterRegistry meters) {
        this.settings = settings;
        this.topic = topic;
        this.files = files;
        var cluster = settings.cluster();
        this.client = UniFluidClient.connect(ClientSettings.of(cluster).patience(PATIENCE));
        this.results = new LineResults(cluster);
        this.decoder = new AvroSerdes(cluster.registry()).deserializer(Topics.RESULTS);
        var completed = lines(meters, "completed");
        var failed = lines(meters, "failed");
        meters.gaugeMapSize("unifluid.gateway.batches.running", List.of(), running);
        this.means = new BatchRun.Means(
                cluster,
                client,
                topic,
                files,
                bodies,
                results,
                decoder,
                settings.maxBody(),
                good -> (good ? completed : failed).increment());
        this.reading = new GroupReading(cluster, GROUP, "latest");
        reading.start("batches", List.of(Topics.BATCHES.name()), new Sharing(), new Work());
    }

    private static Counter lines(MeterRegistry meters, String outcome) {
        return Counter.builder("unifluid.gateway.batch.lines")
                .description("Lines of batches that got an answer, or an error.")
                .tag("outcome", outcome)
                .register(meters);
    }

    /** Why no batch goes on, one sentence. */
    public Optional<String> trouble() {
        return trouble.or(topic::trouble);
    }

    private final class Work implements GroupReading.Work {
        @Override
        public void turn() {
            var consumer = reading.consumer();
            consumer.poll(POLL); // Only for the share: what lies on it is read by BatchTopic.
            consumer.pause(consumer.assignment());
            begin();
            tidy();
            trouble = Optional.empty();
        }

        @Override
        public void failed(RuntimeException problem) {
            var sentence = "No batch goes on (" + Why.of(problem) + ").";
            if (!trouble.equals(Optional.of(sentence))) {
                LOG.warn(sentence, problem);
            }
            trouble = Optional.of(sentence);
        }

        @Override
        public void ended() {
            running.values().forEach(one -> one.run().stop());
            running.values().forEach(BatchOwner::await);
            shares.values().forEach(share -> share.writer().close());
        }
    }

    private final class Sharing implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> given) {
            partitions = reading.consumer().partitionsFor(Topics.BATCHES.name()).size();
            given.forEach(one -> shares.put(
                    one.partition(),
                    new Share(new FencedWriter(settings.cluster(), GROUP + "-" + one.partition()), Instant.now())));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            var gone = taken.stream().map(TopicPartition::partition).toList();
            var ending = running.values().stream()
                    .filter(one -> gone.contains(partition(one.batch().getId())))
                    .toList();
            ending.forEach(one -> one.run().stop());
            ending.forEach(BatchOwner::await);
            gone.forEach(partition -> {
                var share = shares.remove(partition);
                if (share != null) {
                    share.writer().close();
                }
            });
        }
    }

    private int partition(String id) {
        return Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    private void begin() {
        if (shares.isEmpty()) {
            return; // Nor is it known yet how many partitions there are.
        }
        var now = Instant.now();
        var waiting = topic.all().stream()
                .filter(batch -> !BatchTopic.ended(batch) && !running.containsKey(batch.getId()))
                .filter(batch -> {
                    var share = shares.get(partition(batch.getId()));
                    return share != null && !now.isBefore(share.since().plus(SETTLING));
                })
                .filter(batch -> !now.isBefore(notBefore.getOrDefault(batch.getId(), Instant.EPOCH)))
                .toList();
        var atWork = running.values().stream().map(Running::batch).toList();
        Turns.next(waiting, atWork, MOST_AT_ONCE).forEach(this::begin);
    }

    private void begin(Batch batch) {
        var share = shares.get(partition(batch.getId()));
        boolean fresh = begun.add(batch.getId())
                && batch.getState() == BatchState.VALIDATING
                && batch.getCreatedAt().isAfter(share.since().plus(CLOCKS_DIFFER));
        var run = new BatchRun(batch, fresh, share.writer(), means);
        // No virtual one: it reads and writes files for each line, and would keep a carrier from those who answer
        // callers.
        var worker = Thread.ofPlatform().name(batch.getId()).daemon().unstarted(() -> run(batch, run));
        running.put(batch.getId(), new Running(batch, run, worker));
        worker.start();
    }

    private void run(Batch batch, BatchRun run) {
        try {
            run.run();
            notBefore.remove(batch.getId());
            if (topic.get(batch.getId()).filter(now -> !BatchTopic.ended(now)).isEmpty()) {
                begun.remove(batch.getId());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            if (!reading.closed()) {
                LOG.warn(
                        "The batch {} is begun again in {} s ({}).",
                        batch.getId(),
                        GroupReading.AGAIN.toSeconds(),
                        Why.of(e),
                        e);
            }
            notBefore.put(batch.getId(), Instant.now().plus(GroupReading.AGAIN));
        } finally {
            running.remove(batch.getId());
        }
    }

    private void tidy() {
        var now = Instant.now();
        if (shares.containsKey(0) && now.isAfter(tidied.plus(TIDIED_EVERY))) {
            tidied = now;
            files.forgetEnded();
            topic.forgetEndedBefore(now.minus(REMEMBERED));
        }
    }

    private static void await(Running one) {
        try {
            one.thread().join(STOPPING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @PreDestroy
    void close() {
        reading.close();
        results.close();
        client.close();
        decoder.close();
    }
}
