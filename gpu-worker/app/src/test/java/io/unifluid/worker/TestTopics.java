package io.unifluid.worker;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.BatchInfo;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.worker.pipeline.Batches;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Both ends of a worker: writes batches, reads outcomes and dead letters, and can be another member of its groups. */
final class TestTopics implements AutoCloseable {
    private final String address;
    private final AvroSerdes serdes;
    private final KafkaProducer<byte[], byte[]> producer;

    TestTopics(String address, AvroSerdes serdes) {
        this.address = address;
        this.serdes = serdes;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** To the first partition of the batch's lane. */
    void send(MicroBatch batch) throws Exception {
        Topic<MicroBatch> topic = Topics.work(batch.getLane());
        sendRaw(batch.getLane(), batch.getBatchId(), serdes.serializer(topic).serialize(topic.name(), batch));
    }

    void sendRaw(String lane, String key, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.work(lane).name(), 0, bytes(key), value))
                .get();
    }

    /** As a worker would report it. */
    void report(MicroBatch batch, OutcomeKind kind, String... ids) throws Exception {
        for (String id : ids) {
            report(batch, kind, id, Batches.token(id));
        }
    }

    /** As somebody would report it who was not handed the batch. */
    void forge(MicroBatch batch, OutcomeKind kind, String id) throws Exception {
        report(batch, kind, id, Batches.token("somebody else"));
    }

    private void report(MicroBatch batch, OutcomeKind kind, String id, ByteBuffer token) throws Exception {
        var outcome = Outcome.newBuilder()
                .setRequestId(id)
                .setKind(kind)
                .setBatch(new BatchInfo(batch.getBatchId(), batch.getItems().size(), 0.0))
                .setWorker("dead")
                .setAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .setToken(token)
                .build();
        producer.send(new ProducerRecord<>(
                        Topics.OUTCOMES.name(),
                        bytes(id),
                        serdes.serializer(Topics.OUTCOMES).serialize(Topics.OUTCOMES.name(), outcome)))
                .get();
    }

    /** The outcomes of these requests in the order written, as soon as there are so many. */
    List<Outcome> outcomes(Collection<String> ids, int count, Duration within) {
        List<Outcome> found = new ArrayList<>();
        read(Topics.OUTCOMES.name(), within, record -> {
            Outcome outcome = serdes.deserializer(Topics.OUTCOMES).deserialize(record.topic(), record.value());
            if (ids.contains(outcome.getRequestId())) {
                found.add(outcome);
            }
            return found.size() >= count;
        });
        return found;
    }

    ConsumerRecord<byte[], byte[]> deadLetter(String key, Duration within) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        read(Topics.DEAD_LETTERS, within, record -> {
            if (new String(record.key(), StandardCharsets.UTF_8).equals(key)) {
                found.add(record);
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    /** What a worker said of itself, in order and as soon as there is so much; empty where it said that it is gone. */
    List<Optional<WorkerAnnouncement>> announcements(String worker, int count, Duration within) {
        List<Optional<WorkerAnnouncement>> found = new ArrayList<>();
        read(Topics.WORKERS.name(), within, record -> {
            if (new String(record.key(), StandardCharsets.UTF_8).equals(worker)) {
                found.add(Optional.ofNullable(record.value())
                        .map(value -> serdes.deserializer(Topics.WORKERS).deserialize(record.topic(), value)));
            }
            return found.size() >= count;
        });
        return found;
    }

    private interface Reader {
        boolean done(ConsumerRecord<byte[], byte[]> record);
    }

    private void read(String topic, Duration within, Reader reader) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", address), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long until = System.nanoTime() + within.toNanos();
            while (System.nanoTime() - until < 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (reader.done(record)) {
                        return;
                    }
                }
            }
            throw new AssertionError("Not found on " + topic + " within " + within + ".");
        }
    }

    /** A member of a lane's group that acknowledges nothing by itself. */
    ShareConsumer<byte[], byte[]> member(String lane) {
        KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        address,
                        "group.id",
                        "unifluid-workers-" + lane,
                        "share.acknowledgement.mode",
                        "explicit",
                        "share.acquire.mode",
                        "record_limit",
                        "max.poll.records",
                        2),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.work(lane).name()));
        return consumer;
    }

    /** Polls until the consumer holds two records of one partition; they must be there already. */
    void takeTwo(ShareConsumer<byte[], byte[]> consumer, Duration within) {
        long until = System.nanoTime() + within.toNanos();
        while (System.nanoTime() - until < 0) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(500));
            if (records.count() == 2) {
                return;
            }
            records.forEach(record -> consumer.acknowledge(record, AcknowledgeType.RELEASE));
        }
        throw new AssertionError("No two records within " + within + ".");
    }

    /** Takes and accepts what is left on a lane: ids of batches that nobody had acknowledged. */
    Set<String> held(String lane, Duration within) {
        Set<String> keys = new HashSet<>();
        try (ShareConsumer<byte[], byte[]> consumer = member(lane)) {
            long until = System.nanoTime() + within.toNanos();
            while (System.nanoTime() - until < 0) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    keys.add(new String(record.key(), StandardCharsets.UTF_8));
                    consumer.acknowledge(record, AcknowledgeType.ACCEPT);
                });
                consumer.commitSync();
            }
        }
        return keys;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
