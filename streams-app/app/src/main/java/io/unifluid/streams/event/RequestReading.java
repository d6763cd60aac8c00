package io.unifluid.streams.event;

import io.unifluid.scheduling.task.Picture;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.Task;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Vqa;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads the record that travels into the facts that scheduling judges; translates and decides nothing. */
public final class RequestReading {
    /** The request with its times where arithmetic can be done on them; changes and returns it. */
    public static InferenceRequest bounded(InferenceRequest request) {
        request.setSubmittedAt(Times.bounded(request.getSubmittedAt()));
        request.setDeadline(Times.bounded(request.getDeadline()));
        return request;
    }

    /** The same but for the bytes of its picture; shares all else with it. */
    public static InferenceRequest withoutPicture(InferenceRequest request) {
        var bare = new InferenceRequest();
        for (var field : request.getSchema().getFields()) {
            bare.put(field.pos(), request.get(field.pos()));
        }
        var image = request.getImage();
        bare.setImage(new ImageRef(null, image.getUri(), image.getMediaType(), image.getSha256()));
        return bare;
    }

    public static RequestFacts facts(InferenceRequest request) {
        return new RequestFacts(
                request.getRequestId(),
                request.getTenant(),
                task(request.getTask()),
                Optional.ofNullable(request.getImage()).map(RequestReading::picture),
                Optional.ofNullable(request.getModel()),
                request.getPriority() == Priority.INTERACTIVE,
                Optional.ofNullable(request.getDeadline()),
                Optional.ofNullable(request.getReplyTopic()),
                request.getLabels());
    }

    private static Optional<Task> task(Object task) {
        return switch (task) {
            case Caption t -> Optional.of(new Task.Caption(t.getMaxTokens(), Optional.ofNullable(t.getHint())));
            case Vqa t ->
                Optional.of(new Task.Vqa(t.getQuestions().stream()
                        .map(q -> new Task.Question(q.getText(), q.getChoices()))
                        .toList()));
            case Generate t ->
                Optional.of(new Task.Generate(
                        t.getPrompt(),
                        t.getCount(),
                        t.getWidth(),
                        t.getHeight(),
                        optional(t.getGuidance()),
                        t.getSteps()));
            case Edit t -> Optional.of(new Task.Edit(t.getInstruction(), optional(t.getGuidance()), t.getSteps()));
            case null, default -> Optional.empty();
        };
    }

    /** The seed that the caller gave. */
    public static OptionalLong seed(InferenceRequest request) {
        Long seed = switch (request.getTask()) {
            case Generate t -> t.getSeed();
            case Edit t -> t.getSeed();
            case null, default -> null;
        };
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    private static Picture picture(ImageRef image) {
        return new Picture(
                image.getBytes() == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(image.getBytes().remaining()),
                Optional.ofNullable(image.getUri()),
                Optional.ofNullable(image.getSha256()),
                Optional.ofNullable(image.getMediaType()));
    }

    private static OptionalDouble optional(Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private RequestReading() {}
}
