package io.unifluid.streams.intake;

import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.IntakePlace;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Where a request lies as its sender wrote it. What is found there counts only if it is that request.
 *
 * @param checksum of the request's id and its picture
 */
public record Place(String topic, int partition, long offset, int checksum) {
    static Place of(String topic, int partition, long offset, InferenceRequest request) {
        var sum = new CRC32C();
        sum.update(request.getRequestId().getBytes(StandardCharsets.UTF_8));
        if (hasPicture(request)) {
            sum.update(request.getImage().getBytes().duplicate());
        }
        return new Place(topic, partition, offset, (int) sum.getValue());
    }

    public static Place of(IntakePlace told) {
        return new Place(told.getTopic(), told.getPartition(), told.getOffset(), told.getChecksum());
    }

    /** As it travels. */
    public IntakePlace told() {
        return new IntakePlace(topic, partition, offset, checksum);
    }

    /** Whether bytes travel with the request, and not their address. */
    public static boolean hasPicture(InferenceRequest request) {
        return request.getImage() != null && request.getImage().getBytes() != null;
    }
}
