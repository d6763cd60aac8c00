package io.unifluid.gateway.openai;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.server.multipart.MultipartBody;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.client.Picture;
import io.unifluid.gateway.http.BaseAddress;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Form;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.models.RunningModels;
import io.unifluid.gateway.picture.PictureLinks;
import io.unifluid.gateway.picture.PictureParts;
import io.unifluid.gateway.request.Dispatch;
import java.util.Optional;
import java.util.function.Supplier;

/** Pictures made from text, and changed as told. */
@Controller("/v1/images")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ImagesController {
    private final Dispatch dispatch;
    private final RunningModels models;
    private final PictureParts pictures;
    private final PictureLinks links;

    ImagesController(Dispatch dispatch, RunningModels models, PictureParts pictures, PictureLinks links) {
        this.dispatch = dispatch;
        this.models = models;
        this.pictures = pictures;
        this.links = links;
    }

    @Post(uri = "/generations", consumes = Json.TYPE, produces = Json.TYPE)
    HttpResponse<String> generate(HttpRequest<?> request, @Body byte[] body) {
        var json = Json.read(body);
        var question = ImageQuestion.generation(Fields.of(json), running());
        return answer(request, question, () -> Json.canonical(json));
    }

    @Post(uri = "/edits", consumes = MediaType.MULTIPART_FORM_DATA, produces = Json.TYPE)
    HttpResponse<String> edit(HttpRequest<?> request, @Body MultipartBody body) {
        var form = Form.read(body);
        var picture = Picture.of(form.one("image"));
        return answer(request, ImageQuestion.edit(form.fields(), picture, running()), form::canonical);
    }

    @Post(uri = "/edits", consumes = Json.TYPE, produces = Json.TYPE)
    HttpResponse<String> edit(HttpRequest<?> request, @Body byte[] body) {
        var json = Json.read(body);
        var fields = Fields.of(json);
        var picture =
                ImageQuestion.picture(fields, pictures.of(Door.caller(request).tenant()));
        return answer(request, ImageQuestion.edit(fields, picture, running()), () -> Json.canonical(json));
    }

    /** Who waits for an answer is told at once that nobody can give it. */
    private ImageQuestion.Workers running() {
        return (model, task) -> Optional.of(ModelsController.require(model, task, models));
    }

    private HttpResponse<String> answer(HttpRequest<?> request, ImageQuestion question, Supplier<String> canonical) {
        var result = dispatch.answer(request, question.request(), canonical);
        var base = BaseAddress.of(request);
        var body = ImageQuestion.answer(
                result,
                dispatch::bytes,
                question.links() ? Optional.of(png -> links.link(png, base)) : Optional.empty());
        return HttpResponse.ok(Json.text(body)).contentType(Json.TYPE);
    }
}
