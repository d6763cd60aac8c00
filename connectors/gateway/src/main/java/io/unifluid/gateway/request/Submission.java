package io.unifluid.gateway.request;

import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.picture.PictureParts;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** A request in the native form: one of the four tasks with all that it takes. What it may be is decided by admission. */
final class Submission {
    private static final int MOST = Integer.MAX_VALUE;
    private static final int LONGEST_SECONDS = 30 * 24 * 3600;

    private Submission() {}

    /**
     * @param file of a form; else the body names the picture
     * @throws ApiError 400 naming what is wrong or unknown
     */
    static Request<? extends SpecificRecord> of(Fields body, Optional<byte[]> file, PictureParts pictures) {
        var task = body.needText("task");
        var request = switch (task) {
            case "caption" -> Request.caption(picture(body, file, pictures), caption(body));
            case "ask" -> Request.ask(picture(body, file, pictures), questions(body));
            case "generate" -> {
                if (file.isPresent()) {
                    throw ApiError.parameter("image", "'image' is given, and the task generate takes none.");
                }
                yield Request.generate(generate(body));
            }
            case "edit" -> Request.edit(picture(body, file, pictures), edit(body));
            default -> throw ApiError.parameter("task", "'task' must be caption, ask, generate or edit.");
        };
        var complete = common(body, request);
        body.end();
        return complete;
    }

    private static Request<? extends SpecificRecord> common(Fields body, Request<? extends SpecificRecord> bare) {
        var request = bare.labels(body.labels("labels"));
        var model = body.text("model");
        if (model.isPresent()) {
            request = request.model(model.get());
        }
        var within = body.whole("within_seconds", 1, LONGEST_SECONDS);
        if (within.isPresent()) {
            request = request.within(Duration.ofSeconds(within.get()));
        }
        if (body.has("reuse")) {
            request = request.reuse(body.flag("reuse"));
        }
        return switch (body.text("priority").orElse("interactive")) {
            case "interactive" -> request;
            case "bulk" -> request.bulk();
            default -> throw ApiError.parameter("priority", "'priority' must be interactive or bulk.");
        };
    }

    private static Picture picture(Fields body, Optional<byte[]> file, PictureParts pictures) {
        if (file.isPresent()) {
            return Picture.of(file.get());
        }
        return pictures.at("image", body.needText("image"));
    }

    private static Caption caption(Fields body) {
        var task = Caption.newBuilder();
        body.whole("max_tokens", 1, MOST).ifPresent(task::setMaxTokens);
        body.text("hint").ifPresent(task::setHint);
        return task.build();
    }

    private static List<Question> questions(Fields body) {
        var questions = new ArrayList<Question>();
        body.text("question")
                .ifPresent(text -> questions.add(Question.newBuilder()
                        .setText(text)
                        .setChoices(body.texts("choices"))
                        .build()));
        for (var one : body.objects("questions")) {
            questions.add(Question.newBuilder()
                    .setText(one.needText("text"))
                    .setChoices(one.texts("choices"))
                    .build());
            one.end();
        }
        if (questions.isEmpty()) {
            throw ApiError.parameter(
                    "question",
                    "missing_required_parameter",
                    "'question' is missing: give one, or several in 'questions'.");
        }
        return questions;
    }

    private static Generate generate(Fields body) {
        var task = Generate.newBuilder().setPrompt(body.needText("prompt"));
        body.whole("count", 1, MOST).ifPresent(task::setCount);
        body.whole("width", 1, MOST).ifPresent(task::setWidth);
        body.whole("height", 1, MOST).ifPresent(task::setHeight);
        body.large("seed").ifPresent(task::setSeed);
        body.number("guidance").ifPresent(task::setGuidance);
        body.whole("steps", 1, MOST).ifPresent(task::setSteps);
        return task.build();
    }

    private static Edit edit(Fields body) {
        var task = Edit.newBuilder().setInstruction(body.needText("instruction"));
        body.large("seed").ifPresent(task::setSeed);
        body.number("guidance").ifPresent(task::setGuidance);
        body.whole("steps", 1, MOST).ifPresent(task::setSteps);
        return task.build();
    }
}
