package io.unifluid.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.models.ModelTask;
import io.unifluid.gateway.models.RunningModels;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.WorkerAnnouncement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The models that workers run now. */
@Controller("/v1/models")
final class ModelsController {
    private final RunningModels models;

    ModelsController(RunningModels models) {
        this.models = models;
    }

    @Get(produces = Json.TYPE)
    String list() {
        var list = Json.object().put("object", "list");
        var data = list.putArray("data");
        models.workers().stream()
                .collect(Collectors.groupingBy(
                        said -> said.getModel().getName(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(workers -> data.add(model(workers.getFirst().getModel().getName(), workers)));
        return Json.text(list);
    }

    /** @param id may have a version behind an {@code @} */
    @Get(uri = "/{id:.+}", produces = Json.TYPE)
    String one(@PathVariable String id) {
        var found = require(id, models);
        return Json.text(model(
                id,
                models.workers().stream()
                        .filter(said -> said.getModel().equals(found.getModel()))
                        .toList()));
    }

    /** @throws ApiError 404 when no worker runs it */
    static WorkerAnnouncement require(String model, RunningModels models) {
        return models.named(model).orElseThrow(() -> missing(model, models));
    }

    /**
     * Who does the task, with the model where one is named.
     *
     * @throws ApiError 404 when no worker runs it, or none that does the task; 400 when the model does not do it
     */
    static WorkerAnnouncement require(Optional<String> model, ModelTask task, RunningModels models) {
        model.ifPresent(name -> require(name, models));
        return models.able(model, task).orElseThrow(() -> unable(model, task, models));
    }

    private static ApiError missing(String model, RunningModels models) {
        var running = names(models.workers().stream());
        return ApiError.noSuchModel(
                model,
                running.isEmpty()
                        ? "No worker runs now, and so no model: start one."
                        : "No worker runs the model '" + shown(model) + "': take one of " + running + ".");
    }

    private static ApiError unable(Optional<String> model, ModelTask task, RunningModels models) {
        var other = models.able(Optional.empty(), task)
                .map(said -> "take " + said.getModel().getName() + ".")
                .orElse("no model that runs now does.");
        return model.map(name -> ApiError.parameter(
                        "model",
                        "unsupported_model",
                        "The model '" + shown(name) + "' does not " + task.words() + ": " + other))
                .orElseGet(() -> ApiError.noSuchModel(
                        "",
                        "No worker runs a model that can " + task.words() + ": start one, or ask for something else."));
    }

    private static String names(Stream<WorkerAnnouncement> workers) {
        return workers.map(said -> said.getModel().getName()).distinct().collect(Collectors.joining(", "));
    }

    private static String shown(String name) {
        return OneLine.of(name, 100);
    }

    private static ObjectNode model(String id, List<WorkerAnnouncement> workers) {
        var first = workers.getFirst();
        var node = Json.object()
                .put("id", id)
                .put("object", "model")
                .put("created", first.getStartedAt().getEpochSecond())
                .put("owned_by", "unifluid");
        var more = node.putObject("unifluid")
                .put("family", first.getModel().getFamily())
                .put("version", first.getModel().getVersion())
                .put("workers", workers.size());
        var tasks = more.putArray("tasks");
        first.getTasks().forEach(tasks::add);
        var devices = more.putArray("devices");
        workers.stream().map(said -> said.getModel().getDevice()).distinct().forEach(devices::add);
        if (!first.getCard().isEmpty()) {
            first.getCard().forEach(more.putObject("card")::put);
        }
        if (first.getLimits() != null) {
            more.putObject("limits")
                    .put("max_prompt_tokens", first.getLimits().getMaxPromptTokens())
                    .put("max_new_tokens", first.getLimits().getMaxNewTokens())
                    .put("max_count", first.getLimits().getMaxCount())
                    .put("width", first.getLimits().getWidth())
                    .put("height", first.getLimits().getHeight());
        }
        return node;
    }
}
