package io.unifluid.worker.pipeline;

import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.WorkItem;
import io.unifluid.worker.sharegroup.Redelivery;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up in the outcomes topic what became of a batch in the hands of another worker; only reports with the token of
 * their item are believed. Needed after crashes only, so
 * it opens a consumer each time and looks at the end of the topic. Blocks; one look-up at a time.
 */
public final class OutcomeTraces implements Function<MicroBatch, Optional<Redelivery.Traces>> {
    private static final Logger log = LoggerFactory.getLogger(OutcomeTraces.class);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    /** Clocks of streams app and workers may differ. */
    private static final Duration SKEW = Duration.ofMinutes(1);
    /** Most records per partition that are looked at, from the end. */
    private static final long FARTHEST = 50_000;

    private final Supplier<Consumer<String, byte[]>> consumers;
    private final Deserializer<Outcome> deserializer;

    public OutcomeTraces(Supplier<Consumer<String, byte[]>> consumers, Deserializer<Outcome> deserializer) {
        this.consumers = consumers;
        this.deserializer = deserializer;
    }

    /** Empty if it cannot be found out. */
    @Override
    public synchronized Optional<Redelivery.Traces> apply(MicroBatch batch) {
        try (Consumer<String, byte[]> consumer = consumers.get()) {
            return Optional.of(read(consumer, batch));
        } catch (KafkaException e) {
            log.warn("What became of batch {} could not be looked up.", batch.getBatchId(), e);
            return Optional.empty();
        }
    }

    private Redelivery.Traces read(Consumer<String, byte[]> consumer, MicroBatch batch) {
        long giveUpAt = System.nanoTime() + LONGEST.toNanos();
        Map<TopicPartition, Long> ends = seekBehind(consumer, batch);
        Map<String, ByteBuffer> tokens = batch.getItems().stream()
                .collect(Collectors.toMap(
                        item -> item.getRequest().getRequestId(), WorkItem::getToken, (first, second) -> first));
        Set<String> started = new HashSet<>();
        Set<String> finished = new HashSet<>();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - giveUpAt > 0) {
                throw new org.apache.kafka.common.errors.TimeoutException(
                        "Reading " + Topics.OUTCOMES.name() + " took longer than " + LONGEST.toSeconds() + " s.");
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                if (tokens.containsKey(record.key())) { // Outcomes that travel together are of one batch.
                    outcomes(record)
                            .filter(outcome -> outcome.getBatch() != null
                                    && outcome.getBatch().getId().equals(batch.getBatchId())
                                    && outcome.getToken().equals(tokens.get(outcome.getRequestId())))
                            .forEach(outcome -> (outcome.getKind() == OutcomeKind.STARTED ? started : finished)
                                    .add(outcome.getRequestId()));
                }
            }
        }
        return new Redelivery.Traces(started, finished);
    }

    /** What is no outcome, whoever wrote it, says nothing about the batch. */
    private Stream<Outcome> outcomes(ConsumerRecord<String, byte[]> record) {
        try {
            Outcome outcome = deserializer.deserialize(record.topic(), record.headers(), record.value());
            return outcome == null ? Stream.empty() : Stream.concat(Stream.of(outcome), outcome.getOthers().stream());
        } catch (UndecodableRecordException e) {
            return Stream.empty();
        }
    }

    private static Map<TopicPartition, Long> seekBehind(Consumer<String, byte[]> consumer, MicroBatch batch) {
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.OUTCOMES.name(), LONGEST).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, LONGEST);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, LONGEST);
        long from = batch.getCreatedAt().minus(SKEW).toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, Math.max(0, from)));
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times, LONGEST);
        for (TopicPartition partition : partitions) {
            long end = ends.get(partition);
            OffsetAndTimestamp start = starts.get(partition);
            long farthest = Math.max(beginnings.get(partition), end - FARTHEST);
            consumer.seek(partition, start == null ? end : Math.max(start.offset(), farthest));
        }
        return ends;
    }
}
