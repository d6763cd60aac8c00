package io.unifluid.bench;

import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Requests of one tenant with inline pictures, each computed anew. Not thread-safe. */
final class PictureRequests {
    private final SamplePictures pictures;
    private final String tenant;
    private final Priority priority;
    private final Asked asked;
    private final String run = Long.toString(System.nanoTime(), 36);
    private int made;

    /** For captions. */
    PictureRequests(SamplePictures pictures, String tenant, Priority priority) {
        this(pictures, tenant, priority, Asked.CAPTION);
    }

    PictureRequests(SamplePictures pictures, String tenant, Priority priority, Asked asked) {
        this.pictures = pictures;
        this.tenant = tenant;
        this.priority = priority;
        this.asked = asked;
    }

    InferenceRequest next() {
        int number = made++;
        var picture = pictures.encoded().get(number % pictures.encoded().size());
        return InferenceRequest.newBuilder()
                .setRequestId(tenant + "-" + run + "-" + number)
                .setTenant(tenant)
                .setTask(asked.task())
                .setImage(
                        ImageRef.newBuilder().setBytes(ByteBuffer.wrap(picture)).build())
                .setReuse(false)
                .setPriority(priority)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }
}
