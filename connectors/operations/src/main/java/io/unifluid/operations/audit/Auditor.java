package io.unifluid.operations.audit;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads requests, results and dead letters from their beginning to their present end and proves that every request has
 * exactly one result. Changes nothing on the cluster; may run beside a working system.
 *
 * <p>The ends are taken results first, so that every result that counts has its request among those that count. A
 * request record that could not be decoded has no result but a dead letter, which names its topic, partition and offset. A
 * request id that is sent again after its terminal state was purged (the streams app's {@code retention}) rightly has a
 * second result and is reported as such.
 *
 * @param cluster where the topics are
 * @param grace age under which a request without a result may still be on its way
 * @param named how many offending ids of each kind are named at most
 */
public record Auditor(Cluster cluster, Duration grace, int named) {
    /** Names ten ids of each kind. */
    public static Auditor of(String bootstrapServers, String registryUrl, Duration grace) {
        return new Auditor(Cluster.of(bootstrapServers, registryUrl), grace, 10);
    }

    /** @throws EnvironmentProblem when a topic cannot be read to its end, so that nothing is proven */
    public AuditReport audit() {
        try (var scan = new TopicScan(cluster);
                var results = new AvroSerdes(cluster.registry()).deserializer(Topics.RESULTS)) {
            var resultsExtent = scan.extent(Topics.RESULTS.name());
            var deadLetters = scan.extent(Topics.DEAD_LETTERS);
            var youngSince = Instant.now().minus(grace);
            var requests = scan.extent(Topics.INTAKES.stream().map(Topic::name).toArray(String[]::new));

            var ledger = new Ledger(named);
            if (requests.beginningIsGone()) {
                ledger.requestsWereForgotten();
            }
            scan.read(deadLetters, record -> deadLetter(ledger, record, Topics::isIntake));
            scan.read(requests, record -> request(ledger, record));
            scan.read(resultsExtent, record -> {
                try {
                    var result = results.deserialize(record.topic(), record.headers(), record.value());
                    if (record.key() == null || result == null) {
                        throw new UndecodableRecordException("A result has a key and a value.");
                    }
                    ledger.result(
                            text(record.key()),
                            result.getStatus().toString(),
                            result.getAttempts(),
                            result.getSubmittedAt());
                } catch (UndecodableRecordException _) {
                    ledger.unreadableResult(record.topic() + "-" + record.partition() + "@" + record.offset());
                }
                return true;
            });
            scan.read(requests, record -> {
                Optional.ofNullable(record.key()).ifPresent(key -> ledger.nameIfOpen(text(key)));
                return ledger.wantsOpenNames();
            });
            return ledger.report(youngSince);
        } catch (RegistryUnavailableException e) {
            throw new EnvironmentProblem(e.getMessage(), e);
        }
    }

    /**
     * The same of submissions and their verdicts: a verdict and its answer are one transaction, so that this holds as well.
     *
     * @return empty where no moderation was ever set up
     * @throws EnvironmentProblem when a topic cannot be read to its end, so that nothing is proven
     */
    public Optional<AuditReport> auditVerdicts() {
        try (var scan = new TopicScan(cluster);
                var verdicts = new AvroSerdes(cluster.registry()).deserializer(Topics.VERDICTS)) {
            if (!scan.exists(Topics.SUBMISSIONS.name()) || !scan.exists(Topics.VERDICTS.name())) {
                return Optional.empty();
            }
            var given = scan.extent(Topics.VERDICTS.name());
            var deadLetters = scan.extent(Topics.DEAD_LETTERS);
            var youngSince = Instant.now().minus(grace);
            var submissions = scan.extent(Topics.SUBMISSIONS.name());

            var ledger = new Ledger(AuditReport.Words.SUBMISSIONS, named);
            if (submissions.beginningIsGone()) {
                ledger.requestsWereForgotten();
            }
            scan.read(deadLetters, record -> deadLetter(ledger, record, Topics.SUBMISSIONS.name()::equals));
            scan.read(submissions, record -> request(ledger, record));
            scan.read(given, record -> {
                try {
                    var verdict = verdicts.deserialize(record.topic(), record.headers(), record.value());
                    if (record.key() == null || verdict == null) {
                        throw new UndecodableRecordException("A verdict has a key and a value.");
                    }
                    ledger.result(text(record.key()), verdict.getDecision().toString(), 0, verdict.getSubmittedAt());
                } catch (UndecodableRecordException _) {
                    ledger.unreadableResult(record.topic() + "-" + record.partition() + "@" + record.offset());
                }
                return true;
            });
            scan.read(submissions, record -> {
                Optional.ofNullable(record.key()).ifPresent(key -> ledger.nameIfOpen(text(key)));
                return ledger.wantsOpenNames();
            });
            return Optional.of(ledger.report(youngSince));
        } catch (RegistryUnavailableException e) {
            throw new EnvironmentProblem(e.getMessage(), e);
        }
    }

    private static boolean request(Ledger ledger, ConsumerRecord<byte[], byte[]> record) {
        ledger.request(
                record.key() == null ? null : text(record.key()),
                new Ledger.Position(record.topic(), record.partition(), record.offset()),
                Instant.ofEpochMilli(record.timestamp()));
        return true;
    }

    private static boolean deadLetter(Ledger ledger, ConsumerRecord<byte[], byte[]> record, Predicate<String> ofThese) {
        var topic = header(record, RecordHeaders.DLQ_TOPIC).filter(ofThese);
        var partition = number(record, RecordHeaders.DLQ_PARTITION);
        var offset = number(record, RecordHeaders.DLQ_OFFSET);
        if (topic.isPresent() && partition.isPresent() && offset.isPresent()) {
            ledger.deadLetterOfRequest(
                    new Ledger.Position(topic.get(), partition.get().intValue(), offset.get()));
        } else {
            ledger.otherDeadLetter();
        }
        return true;
    }

    private static Optional<Long> number(ConsumerRecord<byte[], byte[]> record, String name) {
        return header(record, name).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
    }

    private static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
        return Optional.ofNullable(record.headers().lastHeader(name))
                .map(header -> header.value())
                .map(Auditor::text);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
