package io.unifluid.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.models.ModelTask;
import io.unifluid.gateway.picture.PictureParts;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ModelLimits;
import io.unifluid.schemas.WorkerAnnouncement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a body about pictures to be made asks for.
 *
 * @param links whether the answer has addresses in place of the pictures
 */
record ImageQuestion(Request<ImagesOutput> request, boolean links) {
    private static final int MOST = 16;
    private static final int MOST_STEPS = 256;

    /** Who does a task with the model that is named, if one is: nothing where it need not run now. */
    interface Workers {
        Optional<WorkerAnnouncement> able(Optional<String> model, ModelTask task);
    }

    /** @throws ApiError 400 naming what is wrong, unknown or cannot be honoured */
    static ImageQuestion generation(Fields fields, Workers workers) {
        var task = Generate.newBuilder().setPrompt(fields.needText("prompt"));
        var asked = Asked.of(fields, ModelTask.GENERATE, workers);
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
        return asked.question(Request.generate(task.setCount(asked.count()).build()));
    }

    /** Likewise. */
    static ImageQuestion edit(Fields fields, Picture picture, Workers workers) {
        var task = Edit.newBuilder().setInstruction(fields.needText("prompt"));
        var asked = Asked.of(fields, ModelTask.EDIT, workers);
        if (asked.count() != 1) {
            throw ApiError.unsupported("n", "'n' must be 1: a picture is changed once for each request.");
        }
        fields.large("seed").ifPresent(task::setSeed);
        fields.number("guidance").ifPresent(task::setGuidance);
        fields.whole("steps", 1, MOST_STEPS).ifPresent(task::setSteps);
        fields.end();
        return asked.question(Request.edit(picture, task.build()));
    }

    /** The one picture of a body that is JSON: {@code images} has an {@code image_url} or a {@code file_id}. */
    static Picture picture(Fields fields, PictureParts.Source source) {
        var found = new ArrayList<Picture>();
        for (var image : fields.objects("images")) {
            var id = image.text("file_id");
            found.add(
                    id.isPresent()
                            ? source.id(image.path("file_id"), id.get())
                            : source.at(image.path("image_url"), image.needText("image_url")));
            image.end();
        }
        if (found.size() != 1) {
            throw ApiError.parameter(
                    "images",
                    found.isEmpty() ? "missing_required_parameter" : "invalid_value",
                    found.isEmpty()
                            ? "'images' is missing: give one, with an image_url or a file_id."
                            : "'images' has " + found.size() + " pictures; give one.");
        }
        return found.getFirst();
    }

    /** What both have in common. */
    private record Asked(Optional<String> model, Optional<WorkerAnnouncement> worker, int count, boolean links) {
        static Asked of(Fields fields, ModelTask task, Workers workers) {
            var model = fields.text("model");
            var worker = workers.able(model, task);
            int count = fields.whole("n", 1, MOST).orElse(1);
            var format = fields.text("response_format").orElse("b64_json");
            if (!format.equals("b64_json") && !format.equals("url")) {
                throw ApiError.parameter("response_format", "'response_format' must be b64_json or url.");
            }
            worker.ifPresentOrElse(one -> size(fields, one), () -> fields.mayHave("size"));
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
        private static void size(Fields fields, WorkerAnnouncement worker) {
            var own = Optional.ofNullable(worker.getLimits())
                    .filter(limits -> limits.getWidth() > 0)
                    .map(limits -> limits.getWidth() + "x" + limits.getHeight());
            fields.only(
                    "size",
                    own.<Object[]>map(size -> new Object[] {"auto", size}).orElse(new Object[] {"auto"}));
        }

        ImageQuestion question(Request<ImagesOutput> request) {
            return new ImageQuestion(model.map(request::model).orElse(request), links);
        }
    }

    /**
     * The body of the answer.
     *
     * @param bytes of a picture that was made
     * @param link the address of PNG bytes, where addresses are wanted
     */
    static ObjectNode answer(
            InferenceResult result, Function<GeneratedImage, byte[]> bytes, Optional<Function<byte[], String>> link) {
        var node = Json.object()
                .put("created", result.getCompletedAt().getEpochSecond())
                .put("output_format", "png");
        var data = node.putArray("data");
        for (var made : ((ImagesOutput) result.getOutput()).getImages()) {
            var png = bytes.apply(made);
            ObjectNode one = data.addObject();
            link.ifPresentOrElse(
                    address -> one.put("url", address.apply(png)),
                    () -> one.put("b64_json", Base64.getEncoder().encodeToString(png)));
            one.put("seed", made.getSeed());
        }
        return node;
    }
}
