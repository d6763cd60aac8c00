package io.unifluid.local.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends requests and hands back their results, committed ones only. Safe from any thread. */
public final class InferenceClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceClient.class);

    private final Producer<byte[], byte[]> producer;
    private final Serializer<InferenceRequest> requests;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<InferenceResult> results;
    private final Map<String, CompletableFuture<InferenceResult>> pending = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> positioned = new CompletableFuture<>();
    private final Thread reader;
    private volatile boolean closed;

    /** Returns once it stands at the end of the results, so that none of its own can be missed. */
    public InferenceClient(String bootstrapServers, String registryUrl) {
        var serdes = AvroSerdes.of(registryUrl);
        requests = serdes.serializer(Topics.REQUESTS);
        results = serdes.deserializer(Topics.RESULTS);
        var producing = new HashMap<String, Object>();
        producing.put("bootstrap.servers", bootstrapServers);
        producing.put("linger.ms", "5");
        producing.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
        var consuming = new HashMap<String, Object>();
        consuming.put("bootstrap.servers", bootstrapServers);
        consuming.put("isolation.level", "read_committed");
        consuming.put("enable.auto.commit", "false");
        consuming.put("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        reader = Thread.ofPlatform().name("results").daemon().start(this::read);
        positioned.join();
    }

    /**
     * The terminal result of the request, whatever its status. Completes exceptionally when the request cannot be sent;
     * the message is one sentence then.
     */
    public CompletableFuture<InferenceResult> send(InferenceRequest request) {
        var id = request.getRequestId();
        var result = new CompletableFuture<InferenceResult>();
        pending.put(id, result);
        var topic = Topics.intake(request.getPriority()).name();
        var record =
                new ProducerRecord<>(topic, id.getBytes(StandardCharsets.UTF_8), requests.serialize(topic, request));
        producer.send(record, (metadata, problem) -> {
            if (problem != null) {
                pending.remove(id);
                result.completeExceptionally(new IllegalStateException(sentence(problem), problem));
            }
        });
        return result;
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(2));
        requests.close();
        results.close();
    }

    private void read() {
        var topic = Topics.RESULTS.name();
        try (consumer) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            positioned.complete(null);
            while (!closed) {
                for (var record : consumer.poll(Duration.ofMillis(500))) {
                    take(record);
                }
            }
        } catch (WakeupException e) {
            positioned.cancel(false);
        } catch (RuntimeException e) {
            positioned.completeExceptionally(e);
            pending.values().forEach(waiting -> waiting.completeExceptionally(e));
        }
    }

    /** What is no result, whoever wrote it, leaves the request waiting for its own. */
    private void take(ConsumerRecord<byte[], byte[]> record) {
        var id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (!pending.containsKey(id)) {
            return;
        }
        try {
            var result = results.deserialize(record.topic(), record.headers(), record.value());
            if (result != null) {
                pending.remove(id).complete(result);
            }
        } catch (UndecodableRecordException e) {
            LOG.warn("A record under the key of request {} is no result: {}", OneLine.of(id, 100), e.getMessage());
        }
    }

    private static String sentence(Exception problem) {
        return problem instanceof RecordTooLargeException
                ? "The request is larger than the " + (Topics.MAX_RECORD_BYTES >> 20)
                        + " MiB that a record may have: shorten its text."
                : "The broker did not take the request (" + problem.getMessage() + ").";
    }
}
