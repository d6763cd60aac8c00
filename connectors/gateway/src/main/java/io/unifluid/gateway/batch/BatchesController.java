package io.unifluid.gateway.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.file.StoredFiles;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.http.Listing;
import io.unifluid.gateway.openai.Endpoint;
import io.unifluid.operations.tenants.Ids;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.BatchState;
import io.unifluid.schemas.OneLine;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Map;

/** Many requests at once, answered within a day. */
@Controller("/v1/batches")
@ExecuteOn(TaskExecutors.BLOCKING)
final class BatchesController {
    private static final int MOST_LISTED = 100;
    private static final int LISTED = 20;
    private static final int MOST_PAIRS = 16;
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_VALUE = 512;

    private final BatchTopic batches;
    private final StoredFiles files;
    private final Duration window;

    BatchesController(BatchTopic batches, StoredFiles files, GatewaySettings settings) {
        this.batches = batches;
        this.files = files;
        this.window = settings.batchWindow();
    }

    @Post(consumes = Json.TYPE, produces = Json.TYPE)
    String create(HttpRequest<?> request, @Body byte[] body) {
        var tenant = Door.caller(request).tenant();
        var fields = Fields.of(Json.read(body));
        var endpoint = fields.needText("endpoint");
        if (Endpoint.of(endpoint).isEmpty()) {
            throw ApiError.parameter(
                    "endpoint",
                    "unsupported_value",
                    "'endpoint' is '" + OneLine.of(endpoint, 100) + "', and batches are run for " + Endpoint.paths()
                            + ".");
        }
        if (!fields.needText("completion_window").equals("24h")) {
            throw ApiError.parameter("completion_window", "unsupported_value", "'completion_window' must be 24h.");
        }
        var metadata = metadata(fields);
        long outputSeconds =
                fields.object("output_expires_after").map(StoredFiles::lifetime).orElse(0);
        var fileId = fields.needText("input_file_id");
        fields.end();
        var file = files.find(tenant, fileId).orElseThrow(() -> StoredFiles.missing("input_file_id", fileId));
        if (!file.getPurpose().equals(StoredFiles.BATCH)) {
            throw ApiError.parameter(
                    "input_file_id",
                    "invalid_file_purpose",
                    "The file was uploaded for " + file.getPurpose() + ": upload it with the purpose batch.");
        }
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var batch = Batch.newBuilder()
                .setId(Ids.fresh(BatchTopic.KIND))
                .setTenant(tenant)
                .setEndpoint(endpoint)
                .setInputFileId(fileId)
                .setInputParts(file.getParts())
                .setState(BatchState.VALIDATING)
                .setCreatedAt(now)
                .setExpiresAt(now.plus(window))
                .setMetadata(metadata)
                .setOutputSeconds(outputSeconds)
                .build();
        batches.begin(batch);
        return Json.text(BatchView.json(batch));
    }

    private static Map<String, String> metadata(Fields fields) {
        var metadata = fields.labels("metadata");
        if (metadata.size() > MOST_PAIRS
                || metadata.entrySet().stream()
                        .anyMatch(pair -> pair.getKey().length() > LONGEST_NAME
                                || pair.getValue().length() > LONGEST_VALUE)) {
            throw ApiError.parameter(
                    "metadata",
                    "'metadata' may have " + MOST_PAIRS + " members, with names of " + LONGEST_NAME
                            + " characters and values of " + LONGEST_VALUE + ".");
        }
        return metadata;
    }

    @Get(produces = Json.TYPE)
    String list(HttpRequest<?> request, @Nullable @QueryValue String after, @Nullable @QueryValue Integer limit) {
        var tenant = Door.caller(request).tenant();
        var all = batches.all().stream()
                .filter(batch -> batch.getTenant().equals(tenant))
                .sorted(Comparator.comparing(Batch::getCreatedAt)
                        .thenComparing(Batch::getId)
                        .reversed())
                .toList();
        return Json.text(Listing.page(all, Batch::getId, after, Listing.limit(limit, MOST_LISTED, LISTED), this::json));
    }

    @Get(uri = "/{id}", produces = Json.TYPE)
    String one(HttpRequest<?> request, @PathVariable String id) {
        return Json.text(json(batch(request, id)));
    }

    @Post(uri = "/{id}/cancel", consumes = MediaType.ALL, produces = Json.TYPE)
    String cancel(HttpRequest<?> request, @PathVariable String id) {
        var batch = batch(request, id);
        if (BatchTopic.ended(batch)) {
            throw ApiError.of(
                    HttpStatus.CONFLICT,
                    "batch_ended",
                    "The batch is " + BatchView.name(batch.getState()) + ", and cannot be cancelled any more.");
        }
        if (batches.wish(id).isEmpty()) {
            batches.wishToCancel(batch);
        }
        return Json.text(json(batch));
    }

    private Batch batch(HttpRequest<?> request, String id) {
        return batches.find(Door.caller(request).tenant(), id)
                .orElseThrow(
                        () -> ApiError.notFound("batch_not_found", "There is no batch '" + OneLine.of(id, 100) + "'."));
    }

    private ObjectNode json(Batch batch) {
        return BatchView.json(
                BatchTopic.ended(batch)
                        ? batch
                        : batches.wish(batch.getId())
                                .map(wish -> BatchView.cancelling(batch, wish))
                                .orElse(batch));
    }
}
