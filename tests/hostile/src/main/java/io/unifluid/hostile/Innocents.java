package io.unifluid.hostile;

import io.unifluid.blobs.BlobStore;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Vqa;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Two tenants that do nothing wrong. Alice sends as the Java client does. Bob's client picks partitions in its own way
 * (CRC32, round robin, by hand), and sends some requests twice, on two partitions. Each asks again and again what has
 * been asked before, so that answers are used again.
 */
final class Innocents implements AutoCloseable {
    /** One request that was sent, and the answer that its content has when nobody else is there. */
    record Sent(String id, String tenant, String asked, Answer alone, long atNanos) {}

    private record Errand(String name, UnaryOperator<InferenceRequest.Builder> ask) {}

    private static final int SCENES = 12;
    private static final double SENT_TWICE = 0.1;
    private static final int NOISE = 283;
    /** Small requests for each large one, when stores and buffers are filled. */
    private static final int BURST = 5;

    private final Random random;
    private final String prefix;
    private final int partitions;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<InferenceRequest> serializer;
    private final List<Errand> errands;
    private final Map<String, Answer> alone = new HashMap<>();
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private Thread sender;
    private volatile boolean stopping;
    private int made;

    /** @param kafka settings of a client that may send requests */
    Innocents(long seed, Map<String, Object> kafka, AvroSerdes serdes, BlobStore blobs, int partitions) {
        this.random = new Random(~seed);
        this.prefix = "innocent-" + seed + "-";
        this.partitions = partitions;
        this.serializer = serdes.serializer(Topics.REQUESTS);
        var settings = new HashMap<>(kafka);
        settings.put("linger.ms", "2");
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        this.errands = errands(blobs);
    }

    /** The pictures that they ask about. */
    static List<byte[]> scenes() {
        return SampleArchive.scenes().subList(0, SCENES).stream()
                .map(SampleArchive.Scene::bytes)
                .toList();
    }

    private static List<Errand> errands(BlobStore blobs) {
        var errands = new ArrayList<Errand>();
        for (var scene : SampleArchive.scenes().subList(0, SCENES)) {
            var bytes = scene.bytes();
            var image = errands.size() % 4 == 0
                    ? ImageRef.newBuilder()
                            .setUri(blobs.put(bytes).toUri().toString())
                            .build()
                    : Requests.inline(bytes);
            errands.add(new Errand(
                    "caption of " + scene.file().getFileName(),
                    request ->
                            request.setImage(image).setTask(Caption.newBuilder().build())));
            var asked = scene.questions().getFirst();
            errands.add(new Errand(
                    "question on " + scene.file().getFileName(),
                    request -> request.setImage(image)
                            .setTask(Vqa.newBuilder()
                                    .setQuestions(List.of(new Question(asked.question(), asked.choices())))
                                    .build())));
        }
        errands.add(new Errand(
                "drawing",
                request -> request.setTask(Generate.newBuilder()
                        .setPrompt("a duck on a blue background")
                        .setSeed(7L)
                        .build())));
        var edited = Requests.inline(scenes().getFirst());
        errands.add(new Errand(
                "edit",
                request -> request.setImage(edited)
                        .setTask(Edit.newBuilder()
                                .setInstruction("make the background red")
                                .setSeed(7L)
                                .build())));
        return List.copyOf(errands);
    }

    /** Sends every errand, one after the other, computed anew, on a quiet system: the answers to compare with. */
    void learnAnswers(Witness witness) throws InterruptedException {
        for (var errand : errands) {
            var request = errand.ask()
                    .apply(Requests.of(prefix + "alone-" + made++).setTenant("alice"))
                    .setReuse(false)
                    .build();
            send(request, Optional.empty());
            var id = request.getRequestId();
            io.unifluid.testkit.Await.until(
                    "the answer to " + errand.name(), HostileRun.PATIENCE, () -> witness.hasResult(id));
            var answer = witness.results().get(id).getFirst().answer();
            if (!answer.succeeded()) {
                throw new IllegalStateException("On a quiet system the " + errand.name() + " ended as " + answer + ".");
            }
            alone.put(errand.name(), answer);
        }
    }

    /**
     * Fills what the apps keep by design: so many requests with pictures near the inline limit take their full room in
     * the stores, and {@link #BURST} small ones for each, all at once, open a batch in every partition that a producer
     * writes to, and its pool never gives that back.
     */
    void fillStores(int requests, Witness witness) throws InterruptedException {
        var ids = new ArrayList<String>();
        for (int i = 0; i < requests; i++) {
            ids.add(fill("filling-" + i, noise()));
        }
        var small = scenes().getFirst();
        for (int i = 0; i < BURST * requests; i++) {
            ids.add(fill("burst-" + i, small));
        }
        io.unifluid.testkit.Await.until(
                "the answers to " + ids.size() + " requests that fill stores and buffers",
                HostileRun.PATIENCE,
                () -> ids.stream().allMatch(witness::hasResult));
    }

    private String fill(String name, byte[] picture) {
        var id = prefix + name;
        send(Requests.caption(id, picture).setTenant("bob").setReuse(false).build(), Optional.empty());
        return id;
    }

    /** A picture that nothing can compress: 240 KB. */
    private byte[] noise() {
        var picture = new BufferedImage(NOISE, NOISE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < NOISE; y++) {
            for (int x = 0; x < NOISE; x++) {
                picture.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        var encoded = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", encoded);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return encoded.toByteArray();
    }

    /** Begins to send, {@code rate} requests a second, until {@link #finish}. */
    void start(double rate) {
        stopping = false;
        sender = Thread.ofPlatform().daemon().name("innocents").start(() -> {
            try {
                long begin = System.nanoTime();
                for (int i = 0; !stopping; i++) {
                    for (long left = due(begin, i, rate); left > 0 && !stopping; left = due(begin, i, rate)) {
                        LockSupport.parkNanos(left);
                    }
                    sendNext();
                }
            } catch (RuntimeException e) {
                failure.completeExceptionally(e);
            }
        });
    }

    private static long due(long begin, int i, double rate) {
        return begin + (long) (i * 1e9 / rate) - System.nanoTime();
    }

    /** Ends the sending. */
    void finish() throws InterruptedException {
        stopping = true;
        sender.join();
        producer.flush();
        if (failure.isCompletedExceptionally()) {
            failure.join();
        }
    }

    List<Sent> sent() {
        return List.copyOf(sent);
    }

    /** The id of one that was sent lately. */
    String anId(Random choice) {
        int known = sent.size();
        return known == 0
                ? prefix + "alone-0"
                : sent.get(known - 1 - choice.nextInt(Math.min(known, 20))).id();
    }

    private void sendNext() {
        var errand = errands.get(random.nextInt(errands.size()));
        boolean alice = random.nextBoolean();
        var request = errand.ask()
                .apply(Requests.of(prefix + made++).setTenant(alice ? "alice" : "bob"))
                .setPriority(random.nextBoolean() ? Priority.INTERACTIVE : Priority.BULK)
                .build();
        var id = request.getRequestId();
        long at = System.nanoTime();
        send(request, alice ? Optional.empty() : Optional.of(foreignPartition(id)));
        if (!alice && random.nextDouble() < SENT_TWICE) {
            send(request, Optional.of(random.nextInt(partitions)));
        }
        sent.add(new Sent(id, request.getTenant(), errand.name(), alone.get(errand.name()), at));
    }

    private int foreignPartition(String id) {
        return switch (random.nextInt(3)) {
            case 0 -> { // librdkafka's default for records with a key
                var crc = new CRC32();
                crc.update(id.getBytes(StandardCharsets.UTF_8));
                yield (int) (crc.getValue() % partitions);
            }
            case 1 -> made % partitions;
            default -> random.nextInt(partitions);
        };
    }

    private void send(InferenceRequest request, Optional<Integer> partition) {
        var topic = Topics.intake(request.getPriority()).name();
        producer.send(
                new ProducerRecord<>(
                        topic,
                        partition.orElse(null),
                        request.getRequestId().getBytes(StandardCharsets.UTF_8),
                        serializer.serialize(topic, request)),
                (_, problem) -> {
                    if (problem != null) {
                        failure.completeExceptionally(
                                new IllegalStateException("The broker did not take an innocent request.", problem));
                    }
                });
    }

    @Override
    public void close() {
        stopping = true;
        producer.close();
        serializer.close();
    }
}
