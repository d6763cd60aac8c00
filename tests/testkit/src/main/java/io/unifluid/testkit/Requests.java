package io.unifluid.testkit;

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

/** Well-formed requests of every task, as builders, so that a test changes only what it is about. */
public final class Requests {
    /** Whose requests they are. */
    public static final String TENANT = "test";

    private Requests() {}

    public static InferenceRequest.Builder caption(String id, byte[] picture) {
        return of(id).setTask(Caption.newBuilder().build()).setImage(inline(picture));
    }

    /** @param choices closed answers; none for a free answer */
    public static InferenceRequest.Builder ask(String id, byte[] picture, String question, String... choices) {
        var asked = Question.newBuilder()
                .setText(question)
                .setChoices(List.of(choices))
                .build();
        return of(id).setTask(Vqa.newBuilder().setQuestions(List.of(asked)).build())
                .setImage(inline(picture));
    }

    public static InferenceRequest.Builder generate(String id, String prompt, long seed) {
        return of(id).setTask(
                        Generate.newBuilder().setPrompt(prompt).setSeed(seed).build());
    }

    public static InferenceRequest.Builder edit(String id, byte[] picture, String instruction, long seed) {
        return of(id).setTask(Edit.newBuilder()
                        .setInstruction(instruction)
                        .setSeed(seed)
                        .build())
                .setImage(inline(picture));
    }

    /** No task, no picture: what all others start from. */
    public static InferenceRequest.Builder of(String id) {
        return InferenceRequest.newBuilder()
                .setRequestId(id)
                .setTenant(TENANT)
                .setPriority(Priority.INTERACTIVE)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    public static ImageRef inline(byte[] picture) {
        return ImageRef.newBuilder().setBytes(ByteBuffer.wrap(picture)).build();
    }

    public static ImageRef at(String uri) {
        return ImageRef.newBuilder().setUri(uri).build();
    }
}
