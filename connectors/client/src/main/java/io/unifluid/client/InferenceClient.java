package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.reading.BoundedConsumer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Sends requests and hands back their results, committed ones only. Safe from any thread. */
public final class InferenceClient implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final Serializer<InferenceRequest> requests;
    private final BoundedConsumer<byte[], byte[]> consumer;
    private final Deserializer<InferenceResult> results;
    private final Map<String, CompletableFuture<InferenceResult>> pending = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> positioned = new CompletableFuture<>();
    private final Thread reader;
    private volatile boolean closed;
    private volatile EnvironmentProblem broken;

    /**
     * Returns once it stands at the end of the results, so that none of its own can be missed.
     *
     * @throws EnvironmentProblem when the broker does not let it
     */
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
        consumer = new BoundedConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        reader = Thread.ofPlatform().name("results").daemon().start(this::read);
        try {
            positioned.join();
        } catch (CompletionException e) {
            close();
            throw new EnvironmentProblem(
                    "The broker " + bootstrapServers + " does not answer as it should (" + Why.of(e) + ").", e);
        }
    }

    /**
     * The terminal result of the request, whatever its status. Completes with an {@link UnsentException} when the request
     * cannot be sent, and exceptionally when the results cannot be read any more.
     *
     * @throws UnsentException when the registry or the broker does not take it at once
     */
    public CompletableFuture<InferenceResult> send(InferenceRequest request) {
        var id = request.getRequestId();
        var result = new CompletableFuture<InferenceResult>();
        pending.put(id, result);
        if (broken != null) {
            result.completeExceptionally(broken);
            return result;
        }
        try {
            var topic = Topics.intake(request.getPriority()).name();
            var value = requests.serialize(topic, request);
            producer.send(new ProducerRecord<>(topic, id.getBytes(StandardCharsets.UTF_8), value), (_, problem) -> {
                if (problem != null) {
                    pending.remove(id);
                    result.completeExceptionally(unsent("The broker did not take the request", problem));
                }
            });
        } catch (SerializationException e) {
            pending.remove(id);
            throw unsent("The schema registry does not let the request be written", e);
        } catch (KafkaException e) {
            pending.remove(id);
            throw unsent("The broker did not take the request", e);
        }
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
                    read(record);
                }
            }
        } catch (WakeupException e) {
            positioned.cancel(false);
        } catch (RuntimeException e) {
            positioned.completeExceptionally(e);
            broken = new EnvironmentProblem("The results cannot be read any more (" + Why.of(e) + ").", e);
            pending.values().forEach(waiting -> waiting.completeExceptionally(broken));
        }
    }

    /** What cannot be read is the fault of nobody but that one. */
    private void read(ConsumerRecord<byte[], byte[]> record) {
        var waiting = record.key() == null ? null : pending.remove(new String(record.key(), StandardCharsets.UTF_8));
        if (waiting != null) {
            try {
                waiting.complete(results.deserialize(record.topic(), record.headers(), record.value()));
            } catch (RuntimeException e) {
                waiting.completeExceptionally(new EnvironmentProblem(
                        "A result came that cannot be read (" + Why.of(e) + "): see 'unifluid doctor'.", e));
            }
        }
    }

    private static UnsentException unsent(String what, Exception problem) {
        return problem instanceof RecordTooLargeException
                ? new UnsentException(
                        Failure.TOO_LARGE,
                        "The request is larger than the " + (Topics.MAX_RECORD_BYTES >> 20)
                                + " MiB that a record may have: shorten its text.",
                        problem)
                : new UnsentException(
                        Failure.NOT_TAKEN, what + " (" + Why.of(problem) + "): see 'unifluid doctor'.", problem);
    }
}
