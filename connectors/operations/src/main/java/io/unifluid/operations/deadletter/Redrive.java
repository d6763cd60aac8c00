package io.unifluid.operations.deadletter;

import io.unifluid.client.Cluster;
import io.unifluid.client.Why;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters to the topics that they came from, as they came: bytes, key and headers, and one more header that
 * counts. A marker in {@link Topics#REDRIVES} goes with each in the same transaction, so that none is sent twice unless
 * that is asked for, whenever this process ends. Of two that run at once, the one that began earlier stops.
 */
public final class Redrive implements AutoCloseable {
    private static final String TRANSACTIONAL_ID = "unifluid-redrive";
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final int MOST_PER_TRANSACTION = 100;
    private static final long MOST_BYTES_PER_TRANSACTION = 16L << 20;
    /** Those whose readers write dead letters. A letter that names another, such as the results, is not believed. */
    private static final Set<String> TOPICS = Stream.of(
                    Topics.INTAKES,
                    List.of(
                            Topics.CONTROLS,
                            Topics.SCHEDULE,
                            Topics.SCHEDULE_AHEAD,
                            Topics.OUTCOMES,
                            Topics.SUBMISSIONS,
                            Topics.DECISIONS),
                    Topics.lanes())
            .flatMap(List::stream)
            .map(Topic::name)
            .collect(Collectors.toUnmodifiableSet());

    /**
     * What shall be sent.
     *
     * @param limit most letters that are sent
     * @param again also those that were sent before
     * @param dryRun only say what would be sent
     */
    public record Wish(LetterFilter filter, long limit, boolean again, boolean dryRun) {}

    /**
     * What was done; {@code matching = sent + sentBefore + unroutable + cut}, up to the limit.
     *
     * @param sent by topic; of a dry run, what would have been sent
     * @param sentBefore left alone, since they had been sent
     * @param unroutable left alone, since they do not say which topic of the system they came from
     * @param cut left alone, since they do not hold all of their record
     */
    public record Summary(Map<String, Long> sent, long sentBefore, long unroutable, long cut) {
        public long total() {
            return sent.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private final Cluster cluster;
    private final DeadLetterTopic letters;

    public Redrive(Cluster cluster) {
        this.cluster = cluster;
        this.letters = new DeadLetterTopic(cluster);
    }

    /** @param each told of every letter that is sent, or would be */
    public Summary run(Wish wish, Consumer<DeadLetter> each) {
        if (wish.dryRun()) {
            return new Run(wish, each, letters.redriven(), Optional.empty()).all();
        }
        createMarkers();
        var settings = cluster.producer();
        settings.put("transactional.id", TRANSACTIONAL_ID);
        settings.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        settings.put("linger.ms", "5");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            initTransactions(producer); // Ends what another one has open: the markers that are read now are final.
            return committed(producer, wish, each);
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new EnvironmentProblem(
                    "Another redrive began on " + cluster.bootstrapServers()
                            + " and this one stopped; what it had sent is remembered, so run it again for the rest.",
                    e);
        } catch (KafkaException e) {
            throw new EnvironmentProblem(
                    cluster.diagnosis()
                            .of(e, Need.topic("of the letters", AclOperation.WRITE))
                            .orElse("The broker " + cluster.bootstrapServers() + " did not take the records ("
                                    + Why.of(e) + "); what was sent is remembered, so run it again for the rest."),
                    e);
        }
    }

    private Summary committed(KafkaProducer<byte[], byte[]> producer, Wish wish, Consumer<DeadLetter> each) {
        var run = new Run(wish, each, letters.redriven(), Optional.of(producer));
        try {
            return run.all();
        } catch (RuntimeException e) {
            run.abandon(producer, e);
            throw e;
        }
    }

    private void initTransactions(KafkaProducer<byte[], byte[]> producer) {
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.transactionalId(TRANSACTIONAL_ID));
        }
    }

    /** One pass over the dead letters. */
    private final class Run {
        private final Wish wish;
        private final Consumer<DeadLetter> each;
        private final Redriven redriven;
        private final Optional<KafkaProducer<byte[], byte[]>> producer;
        private final Set<String> seen = new java.util.HashSet<>();
        private final Map<String, Long> sent = new TreeMap<>();
        private long sentBefore;
        private long unroutable;
        private long cut;
        private boolean begun;
        private int open;
        private long openBytes;

        Run(Wish wish, Consumer<DeadLetter> each, Redriven redriven, Optional<KafkaProducer<byte[], byte[]>> producer) {
            this.wish = wish;
            this.each = each;
            this.redriven = redriven;
            this.producer = producer;
        }

        Summary all() {
            letters.read(wish.filter(), letter -> {
                take(letter);
                return sent.values().stream().mapToLong(Long::longValue).sum() < wish.limit();
            });
            redriven.outdated()
                    .forEach(origin -> producer.ifPresent(kafka -> {
                        begin(kafka);
                        kafka.send(new ProducerRecord<>(Topics.REDRIVES, utf8(origin), null));
                        sentOne(kafka, 0);
                    }));
            producer.filter(_ -> begun).ifPresent(KafkaProducer::commitTransaction);
            begun = false;
            return new Summary(sent, sentBefore, unroutable, cut);
        }

        private void take(DeadLetter letter) {
            var origin = letter.origin();
            if (origin.isEmpty() || !TOPICS.contains(letter.topic().orElseThrow())) {
                unroutable++;
            } else if (letter.missing().isPresent()) {
                cut++;
            } else if (!seen.add(origin.get()) || (redriven.of(letter).isPresent() && !wish.again())) {
                sentBefore++;
            } else {
                producer.ifPresent(kafka -> send(kafka, letter, origin.get()));
                sent.merge(letter.topic().orElseThrow(), 1L, Long::sum);
                each.accept(letter);
            }
        }

        private void send(KafkaProducer<byte[], byte[]> kafka, DeadLetter letter, String origin) {
            var from = letter.record();
            int times = 1
                    + Math.max(
                            letter.redrives(),
                            redriven.of(letter).map(Redriven.Marker::times).orElse(0));
            var again = new ProducerRecord<>(
                    letter.topic().orElseThrow(), null, null, from.key(), from.value(), letter.ownHeaders());
            again.headers().remove(RecordHeaders.REDRIVES);
            again.headers().add(new RecordHeader(RecordHeaders.REDRIVES, utf8(Integer.toString(times))));
            var marker = new Redriven.Marker(
                    from.partition(), from.offset(), Instant.now().truncatedTo(ChronoUnit.MILLIS), times);
            begin(kafka);
            kafka.send(again);
            kafka.send(new ProducerRecord<>(Topics.REDRIVES, utf8(origin), marker.bytes()));
            sentOne(kafka, from.value() == null ? 0 : from.value().length);
        }

        /** At once: readers of committed records wait behind an open transaction. */
        void abandon(KafkaProducer<byte[], byte[]> kafka, RuntimeException why) {
            try {
                if (begun) {
                    kafka.abortTransaction();
                }
            } catch (KafkaException e) {
                why.addSuppressed(e); // Fenced, or no broker: the broker ends it by itself.
            }
            kafka.close(CLOSING);
        }

        private void begin(KafkaProducer<byte[], byte[]> kafka) {
            if (!begun) {
                kafka.beginTransaction();
                begun = true;
            }
        }

        /** A failed send makes the commit fail. */
        private void sentOne(KafkaProducer<byte[], byte[]> kafka, long bytes) {
            open++;
            openBytes += bytes;
            if (open >= MOST_PER_TRANSACTION || openBytes >= MOST_BYTES_PER_TRANSACTION) {
                kafka.commitTransaction();
                begun = false;
                open = 0;
                openBytes = 0;
            }
        }
    }

    private Map<String, Object> admin() {
        var settings = cluster.admin();
        settings.put("default.api.timeout.ms", "15000");
        settings.put("request.timeout.ms", "10000");
        return settings;
    }

    private void createMarkers() {
        if (letters.markersExist()) {
            return;
        }
        try (var admin = Admin.create(admin())) {
            var topic = new NewTopic(Topics.REDRIVES, Optional.of(1), Optional.empty())
                    .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new EnvironmentProblem(
                        cluster.diagnosis()
                                .of(e, Need.topic(Topics.REDRIVES, AclOperation.CREATE))
                                .orElse("The topic " + Topics.REDRIVES + " could not be created on "
                                        + cluster.bootstrapServers() + " (" + Why.of(e)
                                        + "): create it, compacted, and run this again."),
                        e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while creating " + Topics.REDRIVES + ".", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        letters.close();
    }
}
