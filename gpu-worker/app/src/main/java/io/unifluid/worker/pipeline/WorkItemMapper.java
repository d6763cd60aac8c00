package io.unifluid.worker.pipeline;

import io.unifluid.blobs.fetch.ImageLocation;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Vqa;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Turns a request as it travels into what a model takes. Knows every task of the schema, and nothing else does. */
final class WorkItemMapper {
    private WorkItemMapper() {}

    /** A request that no model can run; the message is one sentence for its sender. */
    static final class BadRequestException extends Exception {
        BadRequestException(String message) {
            super(message);
        }
    }

    /** Where the picture is that the task works on; empty for tasks without one. */
    static Optional<ImageLocation> picture(InferenceRequest request) throws BadRequestException {
        return switch (request.getTask()) {
            case Generate _ -> Optional.empty();
            case Caption _, Vqa _, Edit _ -> Optional.of(location(request.getImage()));
            case null, default ->
                throw new BadRequestException("This worker does not know the task; send caption, vqa, generate or edit,"
                        + " or run a newer worker.");
        };
    }

    /** @param picture decoded, for tasks that work on one; see {@link #picture} */
    static InferenceItem item(InferenceRequest request, Optional<ImageTensor> picture) throws BadRequestException {
        String id = request.getRequestId();
        return switch (request.getTask()) {
            case Caption caption ->
                new CaptionItem(
                        id, picture.orElseThrow(), Optional.ofNullable(caption.getHint()), caption.getMaxTokens());
            case Vqa vqa ->
                new VqaItem(
                        id,
                        picture.orElseThrow(),
                        vqa.getQuestions().stream()
                                .map(question -> new QuestionItem(question.getText(), question.getChoices()))
                                .toList());
            case Generate generate ->
                new GenerateItem(
                        id,
                        generate.getPrompt(),
                        generate.getCount(),
                        seed(generate.getSeed()),
                        guidance(generate.getGuidance()),
                        steps(generate.getSteps()),
                        generate.getWidth(),
                        generate.getHeight());
            case Edit edit ->
                new EditItem(
                        id,
                        picture.orElseThrow(),
                        edit.getInstruction(),
                        seed(edit.getSeed()),
                        guidance(edit.getGuidance()),
                        steps(edit.getSteps()));
            case null, default -> throw new BadRequestException("This worker does not know the task.");
        };
    }

    private static ImageLocation location(ImageRef image) throws BadRequestException {
        if (image == null) {
            throw new BadRequestException("The task works on a picture and the request has none; add one.");
        }
        return new ImageLocation(
                Optional.ofNullable(image.getBytes()).map(WorkItemMapper::bytes),
                Optional.ofNullable(image.getUri()),
                Optional.ofNullable(image.getSha256()));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static OptionalLong seed(Long seed) {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    private static OptionalDouble guidance(Double guidance) {
        return guidance == null ? OptionalDouble.empty() : OptionalDouble.of(guidance);
    }

    private static OptionalInt steps(int steps) {
        return steps == 0 ? OptionalInt.empty() : OptionalInt.of(steps);
    }
}
