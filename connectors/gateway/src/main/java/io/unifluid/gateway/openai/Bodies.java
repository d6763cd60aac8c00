package io.unifluid.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.client.Request;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.models.ModelTask;
import io.unifluid.gateway.models.RunningModels;
import io.unifluid.gateway.picture.PictureParts;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.InferenceResult;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/** The bodies of a batch's lines, by the same rules as those that come one by one. Thread-safe. */
@Singleton
public final class Bodies {
    private final RunningModels models;
    private final PictureParts pictures;

    Bodies(RunningModels models, PictureParts pictures) {
        this.models = models;
        this.pictures = pictures;
    }

    /** @throws ApiError when the body names a model that nobody runs, or none where it must, or nobody can do it at all */
    public void requireModel(Endpoint endpoint, ObjectNode body) {
        var fields = Fields.of(body);
        var model =
                endpoint == Endpoint.CHAT_COMPLETIONS ? Optional.of(fields.needText("model")) : fields.text("model");
        switch (endpoint) {
            case CHAT_COMPLETIONS -> model.ifPresent(name -> ModelsController.require(name, models));
            case IMAGES_GENERATIONS -> ModelsController.require(model, ModelTask.GENERATE, models);
            case IMAGES_EDITS -> ModelsController.require(model, ModelTask.EDIT, models);
        }
    }

    /**
     * What the body asks for. The model need not run at the moment: a worker that starts anew costs no line.
     *
     * @throws ApiError as its path would answer
     */
    public Request<? extends SpecificRecord> request(Endpoint endpoint, ObjectNode body, String tenant) {
        var fields = Fields.of(body);
        var source = pictures.of(tenant);
        return switch (endpoint) {
            case CHAT_COMPLETIONS -> {
                var question = ChatQuestion.of(fields, source);
                if (question.stream()) {
                    throw ApiError.unsupported("stream", "'stream' cannot be honoured in a batch: leave it out.");
                }
                yield question.request();
            }
            case IMAGES_GENERATIONS -> whole(ImageQuestion.generation(fields, models::able));
            case IMAGES_EDITS -> {
                var picture = ImageQuestion.picture(fields, source);
                yield whole(ImageQuestion.edit(fields, picture, models::able));
            }
        };
    }

    private static Request<? extends SpecificRecord> whole(ImageQuestion question) {
        if (question.links()) {
            throw ApiError.unsupported(
                    "response_format",
                    "'response_format' must be b64_json in a batch: a link would have ended before it is read.");
        }
        return question.request();
    }

    /**
     * The body of the answer.
     *
     * @param body for which {@link #request} gave the request
     * @param bytes of a picture that was made
     */
    public ObjectNode answer(
            Endpoint endpoint, ObjectNode body, InferenceResult result, Function<GeneratedImage, byte[]> bytes) {
        return endpoint == Endpoint.CHAT_COMPLETIONS
                ? new ChatAnswer(ChatQuestion.of(Fields.of(body), PictureParts.passedOver()), result).body()
                : ImageQuestion.answer(result, bytes, Optional.empty());
    }
}
