package io.unifluid.testkit;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The system's user in tests: sends requests and collects what comes out, from the moment it connects. Results are
 * read with read_committed, as a user must. Sending is safe from any thread.
 */
public final class TestClient implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final Serializer<InferenceRequest> requests;
    private final Serializer<Control> controls;
    private final ResultCollector results;
    private final DeadLetterCollector deadLetters;

    /**
     * @param client who sends and reads results
     * @param observer who reads dead letters
     */
    private TestClient(
            String bootstrapServers, String registryUrl, Map<String, String> client, Map<String, String> observer) {
        var serdes = AvroSerdes.of(registryUrl);
        this.requests = serdes.serializer(Topics.REQUESTS);
        this.controls = serdes.serializer(Topics.CONTROLS);
        var producing = new HashMap<String, Object>(client);
        producing.put("bootstrap.servers", bootstrapServers);
        producing.put("linger.ms", "2");
        producing.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        this.producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
        this.results = new ResultCollector(
                bootstrapServers,
                client,
                serdes.deserializer(Topics.RESULTS),
                requestId -> Trail.of(requestId, bootstrapServers, observer));
        this.deadLetters = new DeadLetterCollector(bootstrapServers, observer);
    }

    /** The topics must exist; results written before are not seen. */
    public static TestClient connect(String bootstrapServers, String registryUrl) {
        return new TestClient(bootstrapServers, registryUrl, Map.of(), Map.of());
    }

    /** As the user {@code client}, where the broker asks. */
    public static TestClient connect(LocalBroker broker, LocalRegistry registry) {
        return connect(broker, registry, "client");
    }

    /** @param user who sends and reads results; the dead letters, which a client may not read, are read for it */
    public static TestClient connect(LocalBroker broker, LocalRegistry registry, String user) {
        return new TestClient(
                broker.bootstrapServers(), registry.url(), broker.client(user), broker.client(BrokerSecurity.ADMIN));
    }

    /** Waits for the broker's acknowledgement. */
    public RecordMetadata send(InferenceRequest request) {
        return send(request, Map.of());
    }

    public RecordMetadata send(InferenceRequest request, Map<String, String> headers) {
        return send(Topics.intake(request.getPriority()).name(), request.getRequestId(), bytes(request), headers);
    }

    /** Sends it to a partition that is not for the client's own partitioner to choose. */
    public RecordMetadata send(InferenceRequest request, int partition) {
        return get(producer.send(new ProducerRecord<>(
                Topics.intake(request.getPriority()).name(), partition, utf8(request.getRequestId()), bytes(request))));
    }

    /** Sends all, then waits for all acknowledgements. */
    public void sendAll(Collection<InferenceRequest> all) {
        var sent = all.stream()
                .map(request -> producer.send(new ProducerRecord<>(
                        Topics.intake(request.getPriority()).name(), utf8(request.getRequestId()), bytes(request))))
                .toList();
        sent.forEach(TestClient::get);
    }

    /** Sends bytes as they are, for example ones that are not Avro. */
    public RecordMetadata send(String topic, String key, byte[] value, Map<String, String> headers) {
        var record = new ProducerRecord<>(topic, null, key == null ? null : utf8(key), value, new RecordHeaders());
        headers.forEach((name, text) -> record.headers().add(name, utf8(text)));
        return get(producer.send(record));
    }

    public void cancel(String requestId) {
        cancel(requestId, Requests.TENANT);
    }

    /** @param tenant as the request names it */
    public void cancel(String requestId, String tenant) {
        send(Topics.CONTROLS.name(), requestId, cancelBytes(requestId, tenant), Map.of());
    }

    /** Likewise, to a partition that is not for the client's own partitioner to choose. */
    public void cancel(String requestId, String tenant, int partition) {
        get(producer.send(new ProducerRecord<>(
                Topics.CONTROLS.name(), partition, utf8(requestId), cancelBytes(requestId, tenant))));
    }

    private byte[] cancelBytes(String requestId, String tenant) {
        var control = Control.newBuilder()
                .setRequestId(requestId)
                .setTenant(tenant)
                .setKind(ControlKind.CANCEL)
                .setIssuedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
        return controls.serialize(Topics.CONTROLS.name(), control);
    }

    /** A request on the wire: magic byte, schema id, Avro. */
    public byte[] bytes(InferenceRequest request) {
        return requests.serialize(Topics.REQUESTS.name(), request);
    }

    /** The first result of this request. */
    public InferenceResult await(String requestId, Duration atMost) {
        return results.await(List.of(requestId), atMost).get(requestId);
    }

    /** The first result of each, by request id. */
    public Map<String, InferenceResult> awaitAll(Collection<String> requestIds, Duration atMost) {
        return results.await(requestIds, atMost);
    }

    /** Everything that was visible for this request until now; more than one entry is a defect of the system. */
    public List<InferenceResult> resultsOf(String requestId) {
        return results.of(requestId);
    }

    /** How many results were visible until now, second ones of a request included. */
    public int resultCount() {
        return results.count();
    }

    public List<DeadLetter> deadLetters() {
        return deadLetters.seen();
    }

    public List<DeadLetter> awaitDeadLetters(int atLeast, Duration atMost) {
        Await.until(atLeast + " dead letters", atMost, () -> deadLetters.seen().size() >= atLeast);
        return deadLetters.seen();
    }

    @Override
    public void close() {
        producer.close();
        results.close();
        deadLetters.close();
        requests.close();
        controls.close();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RecordMetadata get(java.util.concurrent.Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The broker did not take the record.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending.", e);
        }
    }

    /** @param client who reads */
    static TopicFollower follow(
            String bootstrapServers,
            Map<String, String> client,
            String topic,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        var settings = new HashMap<String, Object>(client);
        settings.put("bootstrap.servers", bootstrapServers);
        return new TopicFollower(settings, List.of(topic), TopicFollower.From.END, sink);
    }
}
