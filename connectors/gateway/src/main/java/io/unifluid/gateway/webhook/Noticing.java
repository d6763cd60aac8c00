package io.unifluid.gateway.webhook;

import io.unifluid.client.Cluster;
import io.unifluid.client.Why;
import io.unifluid.gateway.batch.BatchTopic;
import io.unifluid.gateway.batch.LineIds;
import io.unifluid.gateway.topic.GroupReading;
import io.unifluid.gateway.topic.Transactions;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.WebhookMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the messages: reads results and batches as one of a group, and writes what is to be told together with how far it
 * has read, so that each end is told once and none is forgotten, whichever gateway is away and for how long. A batch's lines
 * are not told one by one.
 */
final class Noticing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Noticing.class);
    private static final String GROUP = "unifluid-gateway-webhooks";
    private static final Duration POLL = Duration.ofMillis(200);
    /** What was read in vain is read again after a crash, in vain. */
    private static final Duration COMMITTED_EVERY = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Endpoints endpoints;
    private final Deserializer<InferenceResult> results;
    private final Deserializer<Batch> batches;
    private final Serializer<WebhookMessage> messages;
    private final GroupReading reading;
    /** How far was read with nothing to tell since what was committed last. */
    private final Map<TopicPartition, OffsetAndMetadata> passed = new HashMap<>();

    private Instant committed = Instant.EPOCH;
    private Producer<byte[], byte[]> producer;
    /** Whether what was polled may not have been written. */
    private boolean unsure;

    Noticing(Cluster cluster, Endpoints endpoints) {
        this.cluster = cluster;
        this.endpoints = endpoints;
        var serdes = new AvroSerdes(cluster.registry());
        this.results = serdes.deserializer(Topics.RESULTS);
        this.batches = serdes.deserializer(Topics.BATCHES);
        this.messages = serdes.serializer(Topics.WEBHOOK_MESSAGES);
        this.reading = new GroupReading(cluster, GROUP, "latest");
        reading.start(
                "webhooks-notice", List.of(Topics.RESULTS.name(), Topics.BATCHES.name()), new FromNowOn(), new Work());
    }

    private final class Work implements GroupReading.Work {
        @Override
        public void turn() {
            if (unsure) {
                passed.clear();
                backToCommitted();
                unsure = false;
            }
            notice();
        }

        @Override
        public void failed(RuntimeException problem) {
            LOG.warn("Webhooks are not told of ends at the moment ({}).", Why.of(problem), problem);
            unsure = true;
            giveUpProducer();
        }

        @Override
        public void ended() {
            leavePassed();
            giveUpProducer();
        }
    }

    /** A group that is new begins where it begins; from then on nothing is passed over. */
    private final class FromNowOn implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> given) {
            var committed = reading.consumer().committed(Set.copyOf(given));
            var begun = new HashMap<TopicPartition, OffsetAndMetadata>();
            given.stream()
                    .filter(one -> committed.get(one) == null)
                    .forEach(one -> begun.put(
                            one, new OffsetAndMetadata(reading.consumer().position(one))));
            if (!begun.isEmpty()) {
                reading.consumer().commitSync(begun);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> taken) {
            leavePassed();
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            passed.keySet().removeAll(lost);
        }
    }

    private void notice() {
        var records = reading.consumer().poll(POLL);
        if (!passed.isEmpty() && !Instant.now().isBefore(committed.plus(COMMITTED_EVERY))) {
            commitPassed();
        }
        if (records.isEmpty()) {
            return;
        }
        var made = new ArrayList<WebhookMessage>();
        if (endpoints.any()) {
            records.forEach(record -> made.addAll(messages(record)));
        }
        records.partitions()
                .forEach(one -> passed.put(
                        one,
                        new OffsetAndMetadata(records.records(one).getLast().offset() + 1)));
        if (!made.isEmpty()) {
            write(made, passed);
            passed.clear();
        }
    }

    private void commitPassed() {
        reading.consumer().commitSync(passed);
        passed.clear();
        committed = Instant.now();
    }

    /** Whoever is next reads again what cannot be committed. */
    private void leavePassed() {
        try {
            commitPassed();
        } catch (KafkaException e) {
            LOG.info("The results of the last second are looked through once more ({}).", Why.of(e));
            passed.clear();
        }
    }

    private List<WebhookMessage> messages(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return List.of();
        }
        var key = new String(record.key(), StandardCharsets.UTF_8);
        try {
            if (record.topic().equals(Topics.BATCHES.name())) {
                var batch = batches.deserialize(record.topic(), record.headers(), record.value());
                return batch == null || batch.getWish() || !BatchTopic.ended(batch)
                        ? List.of()
                        : endpoints.wanting(batch.getTenant(), Messages.type(batch)).stream()
                                .map(endpoint -> Messages.of(batch, endpoint))
                                .toList();
            }
            if (LineIds.isLine(key)) {
                return List.of();
            }
            var result = results.deserialize(record.topic(), record.headers(), record.value());
            return result == null
                    ? List.of()
                    : endpoints.wanting(result.getTenant(), Messages.type(result)).stream()
                            .map(endpoint -> Messages.of(result, endpoint))
                            .toList();
        } catch (UndecodableRecordException e) {
            LOG.warn("A record of {} cannot be read and is told nobody ({}).", record.topic(), Why.of(e));
            return List.of();
        }
    }

    private void write(List<WebhookMessage> made, Map<TopicPartition, OffsetAndMetadata> offsets) {
        var topic = Topics.WEBHOOK_MESSAGES.name();
        var sending = producer();
        sending.beginTransaction();
        for (var message : made) {
            sending.send(new ProducerRecord<>(
                    topic,
                    Delivering.key(message).getBytes(StandardCharsets.UTF_8),
                    messages.serialize(topic, message)));
        }
        sending.sendOffsetsToTransaction(offsets, reading.consumer().groupMetadata());
        sending.commitTransaction();
    }

    private Producer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = Transactions.open(cluster, GROUP + "-" + UUID.randomUUID());
        }
        return producer;
    }

    private void giveUpProducer() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
            producer = null;
        }
    }

    /** What was polled and not written is polled again. */
    private void backToCommitted() {
        reading.consumer().committed(reading.consumer().assignment()).forEach((one, offset) -> {
            if (offset != null) {
                reading.consumer().seek(one, offset);
            }
        });
    }

    @Override
    public void close() {
        reading.close();
        results.close();
        batches.close();
        messages.close();
    }
}
