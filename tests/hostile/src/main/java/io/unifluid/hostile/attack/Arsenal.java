package io.unifluid.hostile.attack;

import io.unifluid.blobs.BlobStore;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Requests;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What the attacker has: a seed, the public schemas, what it has learned about the others, and files of the machine that
 * no record may change.
 */
public final class Arsenal {
    /** The tenant that the attacker calls itself. */
    public static final String TENANT = "mallory";

    private static final int LARGEST_INLINE = 200_000;

    private final Random random;
    private final String prefix;
    private final int pictures;
    private final int partitions;
    private final Registry registry;
    private final BlobStore blobs;
    private final Path canaries;
    private final List<byte[]> scenes;
    private final Supplier<String> someoneElsesId;
    private final Serializer<InferenceRequest> requests;
    private final Serializer<Control> controls;
    private int made;

    /**
     * @param pictures hostile pictures a round
     * @param partitions of the topics that it may write
     * @param canaries folder with files that poisoned schemas try to harm
     * @param scenes pictures that other tenants ask about as well
     * @param someoneElsesId the id of a request that another tenant has sent
     */
    public Arsenal(
            long seed,
            int round,
            int pictures,
            int partitions,
            Registry registry,
            AvroSerdes serdes,
            BlobStore blobs,
            Path canaries,
            List<byte[]> scenes,
            Supplier<String> someoneElsesId) {
        this.random = new Random(seed * 1_000_003 + round);
        this.prefix = TENANT + "-" + seed + "-" + round + "-";
        this.pictures = pictures;
        this.partitions = partitions;
        this.registry = registry;
        this.blobs = blobs;
        this.canaries = canaries;
        this.scenes = List.copyOf(scenes);
        this.someoneElsesId = someoneElsesId;
        this.requests = serdes.serializer(Topics.REQUESTS);
        this.controls = serdes.serializer(Topics.CONTROLS);
    }

    Random random() {
        return random;
    }

    /** A fresh id. */
    String id() {
        return prefix + made++;
    }

    int pictures() {
        return pictures;
    }

    int partitions() {
        return partitions;
    }

    Registry registry() {
        return registry;
    }

    Path canary(String name) {
        return canaries.resolve(name);
    }

    byte[] scene() {
        return scenes.get(random.nextInt(scenes.size()));
    }

    /** The picture, inline or, where it is too large for that, as a claim. */
    ImageRef image(byte[] picture) {
        return picture.length <= LARGEST_INLINE
                ? Requests.inline(picture)
                : Requests.at(blobs.put(picture).toUri().toString());
    }

    String someoneElsesId() {
        return someoneElsesId.get();
    }

    /** One of the two topics by which requests come in. */
    String intake() {
        return Topics.INTAKES.get(random.nextInt(Topics.INTAKES.size())).name();
    }

    /** A request that is well formed, and asks for nothing yet. */
    InferenceRequest.Builder request(String id) {
        return Requests.of(id)
                .setTenant(TENANT)
                .setPriority(random.nextBoolean() ? Priority.BULK : Priority.INTERACTIVE)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    /** A sound caption of a picture that others ask about too. */
    InferenceRequest.Builder caption(String id) {
        return request(id).setTask(Caption.newBuilder().build()).setImage(Requests.inline(scene()));
    }

    byte[] bytes(InferenceRequest request) {
        return requests.serialize(Topics.REQUESTS.name(), request);
    }

    byte[] bytes(Control control) {
        return controls.serialize(Topics.CONTROLS.name(), control);
    }

    Shot shot(String kind, InferenceRequest request) {
        return Shot.of(kind, intake(), request.getRequestId(), bytes(request));
    }

    byte[] noise(int length) {
        var noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }
}
