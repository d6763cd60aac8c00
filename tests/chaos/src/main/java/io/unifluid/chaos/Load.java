package io.unifluid.chaos;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Sends requests at a steady rate, a few of them twice, and watches the committed results come. */
final class Load implements AutoCloseable {
    private static final double SENT_TWICE = 0.02;

    private final String prefix;
    private final List<ImageRef> pictures;
    private final Random random;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<InferenceRequest> serializer;
    private final TopicFollower results;
    private final Throughput throughput = new Throughput();
    private final BitSet settled = new BitSet();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private Thread sender;
    private volatile boolean stopping;
    private volatile boolean closed;

    /** @param pictures what the requests ask to be captioned, by turns */
    Load(String bootstrapServers, String registryUrl, long seed, List<ImageRef> pictures) {
        this.prefix = "chaos-" + seed + "-";
        this.pictures = List.copyOf(pictures);
        this.random = new Random(seed);
        this.serializer = AvroSerdes.of(registryUrl).serializer(Topics.REQUESTS);
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "5", "delivery.timeout.ms", "180000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.results = new TopicFollower(
                Map.of("bootstrap.servers", bootstrapServers, "metadata.max.age.ms", "5000"),
                List.of(Topics.RESULTS.name()),
                TopicFollower.From.END,
                this::result);
    }

    /** Milliseconds of the clock that all times of a run are of. */
    static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** @param rate requests a second */
    void start(double rate, int atLeast) {
        sender = Thread.ofPlatform().name("requests").daemon().start(() -> send(rate, atLeast));
    }

    /** Ends the sending when there are enough requests, and waits until the brokers have them all. */
    void finish() throws InterruptedException {
        stopping = true;
        sender.join();
        producer.flush();
        requireSound();
    }

    /** Different request ids sent until now. */
    int sent() {
        return sent.get();
    }

    /** Requests that the brokers did not take. */
    int refused() {
        return refused.get();
    }

    /** Different request ids with a result until now. */
    int settledCount() {
        synchronized (settled) {
            return settled.cardinality();
        }
    }

    Throughput throughput() {
        return throughput;
    }

    /** @throws IllegalStateException when reading or sending has failed */
    void requireSound() {
        if (failure.isCompletedExceptionally()) {
            failure.join();
        }
        results.requireSound();
    }

    @Override
    public void close() {
        closed = true;
        stopping = true;
        producer.close(Duration.ofSeconds(2));
        results.close();
        serializer.close();
    }

    private void send(double rate, int atLeast) {
        try {
            long start = System.nanoTime();
            for (int i = 0; !closed && (i < atLeast || !stopping); i++) {
                long due = start + (long) (i * 1e9 / rate);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                var record = record(i);
                submit(record);
                if (random.nextDouble() < SENT_TWICE) {
                    submit(record);
                }
                sent.incrementAndGet();
            }
        } catch (RuntimeException e) {
            failure.completeExceptionally(e);
        }
    }

    private ProducerRecord<byte[], byte[]> record(int index) {
        var request = InferenceRequest.newBuilder()
                .setRequestId(prefix + index)
                .setTenant("tenant-" + index % 3)
                .setTask(Caption.newBuilder().build())
                .setImage(pictures.get(index % pictures.size()))
                .setReuse(false) // Every request shall reach a worker.
                .setPriority(index % 4 == 0 ? Priority.INTERACTIVE : Priority.BULK)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
        var topic = Topics.intake(request.getPriority()).name();
        return new ProducerRecord<>(
                topic, request.getRequestId().getBytes(StandardCharsets.UTF_8), serializer.serialize(topic, request));
    }

    private void submit(ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (_, problem) -> {
            if (problem != null) {
                refused.incrementAndGet();
            }
        });
    }

    private void result(ConsumerRecord<byte[], byte[]> record) {
        var id = new String(record.key(), StandardCharsets.UTF_8);
        if (id.startsWith(prefix)) {
            throughput.add(now());
            synchronized (settled) {
                settled.set(Integer.parseInt(id.substring(prefix.length())));
            }
        }
    }
}
