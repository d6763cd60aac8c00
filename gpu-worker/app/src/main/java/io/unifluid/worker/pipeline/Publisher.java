package io.unifluid.worker.pipeline;

import io.unifluid.schemas.DeadLetterHeaders;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.worker.metrics.WorkerMetrics;
import io.unifluid.worker.sharegroup.AcquiredBatch;
import io.unifluid.worker.sharegroup.Redelivery;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes and dead letters, and settles a batch only when all that belongs to it is written: ACCEPT after
 * outcomes, REJECT after a dead letter. What cannot be written is released, so that another worker tries; on the last
 * deliveries before the broker's limit it is tried again here instead. Blocks; for virtual threads.
 */
public final class Publisher {
    private static final Logger log = LoggerFactory.getLogger(Publisher.class);
    private static final long AGAIN_MILLIS = 1000;
    /** Room for the record's own overhead below the topic's limit, in bytes. */
    private static final int LARGEST = Topics.MAX_RECORD_BYTES - 16 * 1024;

    private final Producer<byte[], byte[]> producer;
    private final Serializer<Outcome> serializer;
    private final BooleanSupplier draining;
    private final WorkerMetrics metrics;

    public Publisher(
            Producer<byte[], byte[]> producer,
            Serializer<Outcome> serializer,
            BooleanSupplier draining,
            WorkerMetrics metrics) {
        this.producer = producer;
        this.serializer = serializer;
        this.draining = draining;
        this.metrics = metrics;
    }

    /** Writes the terminal outcomes of a batch and settles it. */
    void finish(AcquiredBatch held, List<Outcome> outcomes) {
        if (delivered(held, () -> records(held, outcomes))) {
            metrics.outcomes(outcomes);
            held.settle(AcknowledgeType.ACCEPT);
        } else {
            held.settle(AcknowledgeType.RELEASE);
        }
    }

    /**
     * Says that the device takes a batch.
     *
     * @param surely wait until it is written
     * @return false if it was to be written surely and is not
     */
    boolean started(AcquiredBatch held, List<Outcome> outcomes, boolean surely) {
        try {
            List<Future<RecordMetadata>> sent = send(records(held, outcomes));
            if (surely) {
                producer.flush();
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
            }
            return true;
        } catch (KafkaException | ExecutionException e) {
            metrics.publishFailed();
            log.warn("The start of {} could not be reported.", held, e);
            return !surely;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !surely;
        }
    }

    /** Copies an unreadable record to the dead letters, with the reason in its headers, and settles it. */
    void deadLetter(AcquiredBatch held, String reason) {
        ConsumerRecord<byte[], byte[]> from = held.record();
        boolean written = delivered(held, () -> List.of(DeadLetterHeaders.letter(from, reason, Instant.now())));
        if (written) {
            metrics.deadLetter();
            log.warn("{} went to {}: {}", held, Topics.DEAD_LETTERS, reason);
        }
        held.settle(written ? AcknowledgeType.REJECT : AcknowledgeType.RELEASE);
    }

    private boolean delivered(
            AcquiredBatch held, java.util.function.Supplier<List<ProducerRecord<byte[], byte[]>>> records) {
        while (true) {
            try {
                for (Future<RecordMetadata> each : send(records.get())) {
                    each.get();
                }
                return true;
            } catch (KafkaException | ExecutionException e) {
                metrics.publishFailed();
                log.warn("What came of {} could not be written.", held, e);
                if (draining.getAsBoolean() || held.deliveryCount() <= Redelivery.MOST_RUNS) {
                    return false;
                }
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
    }

    private List<Future<RecordMetadata>> send(List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
        records.forEach(record -> sent.add(producer.send(record)));
        return sent;
    }

    private List<ProducerRecord<byte[], byte[]>> records(AcquiredBatch held, List<Outcome> outcomes) {
        Header trace = held.record().headers().lastHeader(RecordHeaders.TRACEPARENT);
        List<Header> headers = trace == null ? List.of() : List.of(trace);
        if (!held.outcomesTogether() || outcomes.size() == 1) {
            return outcomes.stream()
                    .map(outcome -> record(null, outcome, bytes(outcome), headers))
                    .toList();
        }
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        outcomes.stream()
                .filter(Publisher::goesAlone)
                .forEach(outcome -> records.add(record(null, outcome, bytes(outcome), headers)));
        byPartition(outcomes.stream().filter(outcome -> !goesAlone(outcome)).toList())
                .forEach((partition, some) -> {
                    byte[] together = together(some);
                    if (together.length <= LARGEST) {
                        records.add(record(partition, some.getFirst(), together, headers));
                    } else {
                        some.forEach(outcome -> records.add(record(partition, outcome, bytes(outcome), headers)));
                    }
                });
        return records;
    }

    /** Pictures are large, and who collects blobs reads their claims by the record's key. */
    private static boolean goesAlone(Outcome outcome) {
        return outcome.getOutput() instanceof ImagesOutput;
    }

    private static ProducerRecord<byte[], byte[]> record(
            Integer partition, Outcome outcome, byte[] value, List<Header> headers) {
        return new ProducerRecord<>(Topics.OUTCOMES.name(), partition, key(outcome), value, headers);
    }

    /** By where the producer would send each of them. */
    private Map<Integer, List<Outcome>> byPartition(List<Outcome> outcomes) {
        int partitions = producer.partitionsFor(Topics.OUTCOMES.name()).size();
        Map<Integer, List<Outcome>> byPartition = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            int partition = Utils.toPositive(Utils.murmur2(key(outcome))) % partitions;
            byPartition.computeIfAbsent(partition, _ -> new ArrayList<>()).add(outcome);
        }
        return byPartition;
    }

    private static byte[] key(Outcome outcome) {
        return outcome.getRequestId().getBytes(StandardCharsets.UTF_8);
    }

    /** In one value, which the first of them carries. */
    private byte[] together(List<Outcome> outcomes) {
        Outcome first = outcomes.getFirst();
        first.setOthers(outcomes.subList(1, outcomes.size()));
        try {
            return serializer.serialize(Topics.OUTCOMES.name(), first);
        } finally {
            first.setOthers(List.of());
        }
    }

    private byte[] bytes(Outcome outcome) {
        byte[] bytes = serializer.serialize(Topics.OUTCOMES.name(), outcome);
        if (bytes.length <= LARGEST) {
            return bytes;
        }
        outcome.setKind(OutcomeKind.FAILED);
        outcome.setFailure(FailureKind.BAD_INPUT);
        outcome.setMessage("The result has " + bytes.length + " bytes and a record takes " + LARGEST
                + "; ask for fewer pictures, or lower the worker's inline limit.");
        outcome.setOutput(null);
        return serializer.serialize(Topics.OUTCOMES.name(), outcome);
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
