package io.unifluid.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.unifluid.client.Request;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.BaseAddress;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Form;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.models.RunningModels;
import io.unifluid.gateway.picture.PictureLinks;
import io.unifluid.gateway.request.Dispatch;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ModelLimits;
import io.unifluid.schemas.WorkerAnnouncement;
import java.util.Base64;
import java.util.Optional;

/** Pictures made from text, and changed as told. */
@Controller("/v1/images")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ImagesController {
    private static final int MOST = 16;
    private static final int MOST_STEPS = 256;

    private final Dispatch dispatch;
    private final RunningModels models;
    private final PictureLinks links;

    ImagesController(Dispatch dispatch, RunningModels models, PictureLinks links) {
        this.dispatch = dispatch;
        this.models = models;
        this.links = links;
    }

    @Post(uri = "/generations", consumes = Json.TYPE, produces = Json.TYPE)
    HttpResponse<String> generate(HttpRequest<?> request, @Body byte[] body) {
        var json = Json.read(body);
        var fields = Fields.of(json);
        var task = Generate.newBuilder().setPrompt(fields.needText("prompt"));
        var asked = Asked.of(fields, models);
        asked.worker()
                .map(WorkerAnnouncement::getLimits)
                .map(ModelLimits::getMaxCount)
                .filter(most -> most > 0)
                .ifPresent(most -> {
                    if (asked.count() > most) {
                        throw ApiError.parameter(
                                "n", "'n' is " + asked.count() + "; the model makes at most " + most + " at once.");
                    }
                });
        fields.large("seed").ifPresent(task::setSeed);
        fields.number("guidance").ifPresent(task::setGuidance);
        fields.whole("steps", 1, MOST_STEPS).ifPresent(task::setSteps);
        fields.end();
        var sent = Request.generate(task.setCount(asked.count()).build());
        return answer(request, asked, dispatch.answer(request, asked.model(sent), () -> Json.canonical(json)));
    }

    @Post(uri = "/edits", consumes = MediaType.MULTIPART_FORM_DATA, produces = Json.TYPE)
    HttpResponse<String> edit(HttpRequest<?> request, @Body MultipartBody body) {
        var form = Form.read(body);
        var picture = form.one("image");
        var fields = form.fields();
        var task = Edit.newBuilder().setInstruction(fields.needText("prompt"));
        var asked = Asked.of(fields, models);
        if (asked.count() != 1) {
            throw ApiError.unsupported("n", "'n' must be 1: a picture is changed once for each request.");
        }
        fields.large("seed").ifPresent(task::setSeed);
        fields.number("guidance").ifPresent(task::setGuidance);
        fields.whole("steps", 1, MOST_STEPS).ifPresent(task::setSteps);
        fields.end();
        var sent = Request.edit(Picture.of(picture), task.build());
        return answer(request, asked, dispatch.answer(request, asked.model(sent), form::canonical));
    }

    /** What both have in common. */
    private record Asked(Optional<String> model, Optional<WorkerAnnouncement> worker, int count, boolean links) {
        static Asked of(Fields fields, RunningModels models) {
            var model = fields.text("model");
            var worker = model.map(name -> ModelsController.require(name, models));
            int count = fields.whole("n", 1, MOST).orElse(1);
            var format = fields.text("response_format").orElse("b64_json");
            if (!format.equals("b64_json") && !format.equals("url")) {
                throw ApiError.parameter("response_format", "'response_format' must be b64_json or url.");
            }
            size(fields, worker.or(() -> models.workers().stream().findFirst()));
            fields.only("quality", "auto", "standard");
            fields.only("background", "auto");
            fields.only("moderation", "auto");
            fields.only("output_format", "png");
            fields.only("stream", false);
            fields.only("partial_images", 0);
            fields.refuse("style", "output_compression", "mask", "input_fidelity");
            fields.mayHave("user");
            return new Asked(model, worker, count, format.equals("url"));
        }

        /** A model draws in its own size alone. */
        private static void size(Fields fields, Optional<WorkerAnnouncement> worker) {
            var own = worker.map(WorkerAnnouncement::getLimits)
                    .filter(limits -> limits.getWidth() > 0)
                    .map(limits -> limits.getWidth() + "x" + limits.getHeight());
            fields.only(
                    "size",
                    own.<Object[]>map(size -> new Object[] {"auto", size}).orElse(new Object[] {"auto"}));
        }

        <T extends org.apache.avro.specific.SpecificRecord> Request<T> model(Request<T> request) {
            return model.map(request::model).orElse(request);
        }
    }

    private HttpResponse<String> answer(HttpRequest<?> request, Asked asked, InferenceResult result) {
        var node = Json.object()
                .put("created", result.getCompletedAt().getEpochSecond())
                .put("output_format", "png");
        var data = node.putArray("data");
        for (var made : ((ImagesOutput) result.getOutput()).getImages()) {
            var png = dispatch.bytes(made);
            ObjectNode one = data.addObject();
            if (asked.links()) {
                one.put("url", links.link(png, BaseAddress.of(request)));
            } else {
                one.put("b64_json", Base64.getEncoder().encodeToString(png));
            }
            one.put("seed", made.getSeed());
        }
        return HttpResponse.ok(Json.text(node)).contentType(Json.TYPE);
    }
}
