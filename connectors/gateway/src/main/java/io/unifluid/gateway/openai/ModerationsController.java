package io.unifluid.gateway.openai;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.client.Picture;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.models.ModelTask;
import io.unifluid.gateway.models.RunningModels;
import io.unifluid.gateway.moderation.Moderation;
import io.unifluid.gateway.picture.PictureParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pictures judged by the tenant's policies. */
@Controller("/v1/moderations")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ModerationsController {
    private static final String INPUT = "input";
    private static final String MODEL = "model";
    /** How OpenAI's own begin, which clients name unless they are told otherwise; who judges here is the workers' model. */
    private static final String OPENAI = "omni-moderation-";

    private static final int MOST = 32;

    private final Moderation moderation;
    private final RunningModels models;
    private final PictureParts pictures;

    ModerationsController(Moderation moderation, RunningModels models, PictureParts pictures) {
        this.moderation = moderation;
        this.models = models;
        this.pictures = pictures;
    }

    @Post(consumes = Json.TYPE, produces = Json.TYPE)
    HttpResponse<String> moderate(HttpRequest<?> request, @Body byte[] body) {
        var fields = Fields.of(Json.read(body));
        fields.text(MODEL)
                .filter(name -> !name.startsWith(OPENAI))
                .ifPresent(name -> ModelsController.require(Optional.of(name), ModelTask.ASK, models));
        var input = pictures(fields, pictures.of(Door.caller(request).tenant()));
        fields.end();
        var tenant = Door.caller(request).tenant();
        if (!moderation.policies().has(tenant)) {
            throw ApiError.body(
                    "no_policy",
                    "The tenant '" + tenant + "' has no policy, and so there is nothing to judge by: write one"
                            + " (connectors/moderation/README.md has an example) and apply it with"
                            + " 'unifluid policy apply FILE --tenant " + tenant + "'.");
        }
        var verdicts = moderation.judge(request, input);
        return HttpResponse.ok(Json.text(ModerationAnswer.of(verdicts, moderation.policies())))
                .contentType(Json.TYPE);
    }

    /** Each part of the type image_url is a picture of its own. */
    private static List<Picture> pictures(Fields fields, PictureParts.Source source) {
        var input = fields.any(INPUT)
                .orElseThrow(() -> ApiError.parameter(
                        INPUT,
                        "missing_required_parameter",
                        "'input' is missing: give a list with a part of the type image_url for each picture."));
        if (input.isTextual()
                || input.isArray() && !input.isEmpty() && input.get(0).isTextual()) {
            throw onlyPictures(INPUT);
        }
        var found = new ArrayList<Picture>();
        for (var part : fields.objects(INPUT)) {
            var type = part.needText("type");
            if (type.equals("text")) {
                throw onlyPictures(part.path("type"));
            }
            if (!type.equals("image_url")) {
                throw ApiError.parameter(
                        part.path("type"), "unsupported_value", "'" + part.path("type") + "' must be image_url.");
            }
            found.add(source.url(part.needObject("image_url")));
            part.end();
        }
        if (found.isEmpty() || found.size() > MOST) {
            throw ApiError.parameter(
                    INPUT, "'input' has " + found.size() + " pictures: give 1 to " + MOST + " in one request.");
        }
        return found;
    }

    private static ApiError onlyPictures(String path) {
        return ApiError.parameter(
                path,
                "unsupported_value",
                "'" + path + "' is text, and only pictures are judged here: give parts of the type image_url.");
    }
}
