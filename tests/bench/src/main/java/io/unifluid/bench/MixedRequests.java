package io.unifluid.bench;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.Vqa;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Ten requests that read a picture for each that draws one, of all four tasks and of many lengths, so that batches have
 * many shapes; the same sequence in every run. Not thread-safe.
 */
final class MixedRequests implements Supplier<InferenceRequest> {
    private static final int READ_FOR_ONE_DRAWN = 10;

    private final SamplePictures pictures;
    private final Random random = new Random(9);
    private final String run = Long.toString(System.nanoTime(), 36);
    private int made;

    MixedRequests(SamplePictures pictures) {
        this.pictures = pictures;
    }

    @Override
    public InferenceRequest get() {
        int number = made++;
        var task = task(number);
        var request = InferenceRequest.newBuilder()
                .setRequestId("mixed-" + run + "-" + number)
                .setTenant("mixed")
                .setTask(task)
                .setReuse(false)
                .setPriority(Priority.BULK)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        if (!(task instanceof Generate)) {
            var picture =
                    pictures.encoded().get(random.nextInt(pictures.encoded().size()));
            request.setImage(
                    ImageRef.newBuilder().setBytes(ByteBuffer.wrap(picture)).build());
        }
        return request.build();
    }

    private Object task(int number) {
        if (number % (READ_FOR_ONE_DRAWN + 1) == READ_FOR_ONE_DRAWN) {
            int steps = 5 + random.nextInt(16);
            return random.nextBoolean()
                    ? Generate.newBuilder()
                            .setPrompt("a dog" + " and a red car".repeat(random.nextInt(5)))
                            .setSteps(steps)
                            .build()
                    : Edit.newBuilder()
                            .setInstruction("replace the dog with a cat")
                            .setSteps(steps)
                            .build();
        }
        if (random.nextInt(8) == 0) {
            var question = "is there a dog" + " beside a red car".repeat(random.nextInt(6));
            return new Vqa(List.of(new Question(question, List.of("yes", "no", "a cat in its place"))));
        }
        int words = random.nextInt(4) == 0 ? 1 + random.nextInt(20) : 0;
        return new Caption(0, words == 0 ? null : "word ".repeat(words).strip());
    }
}
