package io.unifluid.worker.pipeline;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.WorkItem;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Batches as the streams app hands them out. */
public final class Batches {
    public static final String LANE = "understand-bulk";

    private Batches() {}

    public static MicroBatch batch(String id, WorkItem... items) {
        return new MicroBatch(id, LANE, "bucket", "max wait", Instant.now(), Arrays.asList(items), false, "");
    }

    public static WorkItem item(InferenceRequest request) {
        Instant now = Instant.now();
        return new WorkItem(request, 1, now, now, now, token(request.getRequestId()));
    }

    public static ByteBuffer token(String id) {
        return ByteBuffer.wrap(("token of " + id).getBytes(StandardCharsets.UTF_8));
    }

    public static WorkItem draw(String id) {
        return item(request(id, new Generate("a red dog", 1, 0, 0, 7L, null, 0)));
    }

    public static WorkItem caption(String id, byte[] picture) {
        InferenceRequest request = request(id, new Caption(0, null));
        request.setImage(new ImageRef(ByteBuffer.wrap(picture), null, null, null));
        return item(request);
    }

    public static InferenceRequest request(String id, Object task) {
        return new InferenceRequest(
                id, "tenant", task, null, null, Priority.BULK, Instant.now(), null, null, Map.of(), true);
    }

    public static byte[] png(int side) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<String> ids(MicroBatch batch) {
        return batch.getItems().stream()
                .map(item -> item.getRequest().getRequestId())
                .toList();
    }
}
