package io.unifluid.gateway.file;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.types.files.StreamedFile;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.http.Listing;
import io.unifluid.schemas.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** Files that a tenant keeps: batches to be run, what came of them, and pictures. */
@Controller("/v1/files")
@ExecuteOn(TaskExecutors.BLOCKING)
final class FilesController {
    private static final int MOST_LISTED = 10_000;
    private static final Duration KEPT_BATCHES = Duration.ofDays(30);

    private final StoredFiles files;
    private final long mostBytes;

    FilesController(StoredFiles files, GatewaySettings settings) {
        this.files = files;
        this.mostBytes = settings.maxUpload();
    }

    @Post(consumes = MediaType.MULTIPART_FORM_DATA, produces = Json.TYPE)
    String upload(HttpRequest<?> request, @Body InputStream body) throws IOException {
        var tenant = Door.caller(request).tenant();
        var type = request.getHeaders().get(HttpHeaders.CONTENT_TYPE);
        try (body;
                var upload = Upload.read(type, body, mostBytes)) {
            var fields = Fields.ofForm(upload.values());
            var purpose = purpose(fields);
            var expires = expiry(fields)
                    .or(() -> purpose.equals(StoredFiles.BATCH)
                            ? Optional.of(Instant.now().plus(KEPT_BATCHES))
                            : Optional.empty());
            fields.end();
            var given = upload.file();
            if (given.length() == 0) {
                throw ApiError.parameter("file", "empty_file", "The file is empty: send one with bytes in it.");
            }
            if (!purpose.equals(StoredFiles.BATCH) && given.length() > StoredFiles.LARGEST_PICTURE) {
                throw ApiError.of(
                        HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                        "file_too_large",
                        "The file has " + given.length() + " bytes, and a picture may have "
                                + StoredFiles.LARGEST_PICTURE + ": make it smaller.");
            }
            var parts = files.parts(purpose);
            try (parts;
                    var content = upload.content()) {
                content.transferTo(parts);
            }
            var name = Optional.ofNullable(given.getFilename()).filter(text -> !text.isBlank());
            var file = StoredFiles.file(tenant, purpose, name.orElse("file"), parts, expires);
            files.keep(file);
            return Json.text(json(file));
        }
    }

    private static String purpose(Fields fields) {
        var purpose = fields.needText("purpose");
        return switch (purpose) {
            case "batch", "vision", "user_data" -> purpose;
            default ->
                throw ApiError.parameter(
                        "purpose",
                        "unsupported_value",
                        "'purpose' must be batch, vision or user_data: nothing else is done with files here.");
        };
    }

    private static Optional<Instant> expiry(Fields fields) {
        return fields.object("expires_after").map(after -> Instant.now().plusSeconds(StoredFiles.lifetime(after)));
    }

    @Get(produces = Json.TYPE)
    String list(
            HttpRequest<?> request,
            @Nullable @QueryValue String purpose,
            @Nullable @QueryValue String order,
            @Nullable @QueryValue String after,
            @Nullable @QueryValue Integer limit) {
        var tenant = Door.caller(request).tenant();
        var newestFirst = Comparator.comparing(StoredFile::getCreatedAt)
                .thenComparing(StoredFile::getId)
                .reversed();
        var all = files.of(tenant).stream()
                .filter(file -> purpose == null || file.getPurpose().equals(purpose))
                .sorted(Listing.descending(order) ? newestFirst : newestFirst.reversed())
                .toList();
        return Json.text(Listing.page(
                all, StoredFile::getId, after, Listing.limit(limit, MOST_LISTED, MOST_LISTED), FilesController::json));
    }

    @Get(uri = "/{id}", produces = Json.TYPE)
    String one(HttpRequest<?> request, @PathVariable String id) {
        return Json.text(json(file(request, id)));
    }

    @Get(uri = "/{id}/content", produces = MediaType.ALL)
    HttpResponse<StreamedFile> content(HttpRequest<?> request, @PathVariable String id) {
        var file = file(request, id);
        return HttpResponse.ok(new StreamedFile(
                        files.content(file.getParts()),
                        MediaType.APPLICATION_OCTET_STREAM_TYPE,
                        file.getCreatedAt().toEpochMilli(),
                        file.getBytes()))
                .header("content-security-policy", "default-src 'none'; sandbox");
    }

    @Delete(uri = "/{id}", produces = Json.TYPE)
    String delete(HttpRequest<?> request, @PathVariable String id) {
        files.delete(file(request, id));
        return Json.text(Json.object().put("id", id).put("object", "file").put("deleted", true));
    }

    private StoredFile file(HttpRequest<?> request, String id) {
        return files.find(Door.caller(request).tenant(), id).orElseThrow(() -> StoredFiles.missing(null, id));
    }

    private static ObjectNode json(StoredFile file) {
        var node = Json.object()
                .put("id", file.getId())
                .put("object", "file")
                .put("bytes", file.getBytes())
                .put("created_at", file.getCreatedAt().getEpochSecond());
        if (file.getExpiresAt() != null) {
            node.put("expires_at", file.getExpiresAt().getEpochSecond());
        }
        return node.put("filename", file.getFilename())
                .put("purpose", file.getPurpose())
                .put("status", "processed")
                .putNull("status_details");
    }
}
