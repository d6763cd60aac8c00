package io.unifluid.client;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.Vqa;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Requests of the command; each gets an id of its own. */
public final class RequestFactory {
    /** Whose requests they are. */
    public static final String TENANT = "local";

    private RequestFactory() {}

    /** Bulk: a folder must not delay somebody's question. */
    public static InferenceRequest caption(ImageRef image) {
        return request(Caption.newBuilder().build(), image, Priority.BULK);
    }

    /** @param choices closed answers of every question; none for free answers */
    public static InferenceRequest ask(ImageRef image, List<String> questions, List<String> choices) {
        var asked = questions.stream()
                .map(text ->
                        Question.newBuilder().setText(text).setChoices(choices).build())
                .toList();
        return request(Vqa.newBuilder().setQuestions(asked).build(), image, Priority.INTERACTIVE);
    }

    /** @param steps 0 takes the model's default */
    public static InferenceRequest generate(
            String prompt, int count, Optional<Long> seed, int steps, Optional<Double> guidance) {
        var task = Generate.newBuilder()
                .setPrompt(prompt)
                .setCount(count)
                .setSeed(seed.orElse(null))
                .setSteps(steps)
                .setGuidance(guidance.orElse(null))
                .build();
        return request(task, null, Priority.INTERACTIVE);
    }

    /** @param steps 0 takes the model's default */
    public static InferenceRequest edit(
            ImageRef image, String instruction, Optional<Long> seed, int steps, Optional<Double> guidance) {
        var task = Edit.newBuilder()
                .setInstruction(instruction)
                .setSeed(seed.orElse(null))
                .setSteps(steps)
                .setGuidance(guidance.orElse(null))
                .build();
        return request(task, image, Priority.INTERACTIVE);
    }

    private static InferenceRequest request(Object task, ImageRef image, Priority priority) {
        return InferenceRequest.newBuilder()
                .setRequestId(UUID.randomUUID().toString())
                .setTenant(TENANT)
                .setTask(task)
                .setImage(image)
                .setPriority(priority)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }
}
