package io.unifluid.gateway.openai;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.models.ModelTask;
import io.unifluid.gateway.models.RunningModels;
import io.unifluid.gateway.picture.PictureParts;
import io.unifluid.gateway.request.Dispatch;
import java.util.Optional;

/** Pictures described, and questions about them answered. */
@Controller("/v1/chat/completions")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ChatController {
    private static final String EVENTS = "text/event-stream; charset=utf-8";

    private final Dispatch dispatch;
    private final RunningModels models;
    private final PictureParts pictures;

    ChatController(Dispatch dispatch, RunningModels models, PictureParts pictures) {
        this.dispatch = dispatch;
        this.models = models;
        this.pictures = pictures;
    }

    @Post(
            consumes = Json.TYPE,
            produces = {Json.TYPE, "text/event-stream"})
    HttpResponse<String> complete(HttpRequest<?> request, @Body byte[] body) {
        var json = Json.read(body);
        var question = ChatQuestion.of(
                Fields.of(json), pictures.of(Door.caller(request).tenant()));
        ModelsController.require(
                Optional.of(question.model()), question.caption() ? ModelTask.CAPTION : ModelTask.ASK, models);
        var answer = new ChatAnswer(question, dispatch.answer(request, question.request(), () -> Json.canonical(json)));
        if (!question.stream()) {
            return HttpResponse.ok(Json.text(answer.body())).contentType(Json.TYPE);
        }
        // The workers write an answer at once, so that its stream is as long as its chunks.
        var events = new StringBuilder();
        answer.chunks().forEach(chunk -> events.append("data: ").append(chunk).append("\n\n"));
        return HttpResponse.ok(events.toString()).header("content-type", EVENTS).header("cache-control", "no-cache");
    }
}
