package io.unifluid.gateway.request;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.multipart.MultipartBody;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.client.Request;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Form;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.picture.PictureParts;
import io.unifluid.gateway.picture.Previews;
import io.unifluid.schemas.OneLine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** The native door: submit and go on, come back for the result, cancel. */
@Controller("/requests")
@ExecuteOn(TaskExecutors.BLOCKING)
final class RequestsController {
    private static final String REPLAYED = "idempotency-replayed";
    private static final String IMAGE = "image";

    private final Dispatch dispatch;
    private final Lookup lookup;
    private final PictureParts pictures;
    private final Previews previews;
    private final Duration longestWait;

    RequestsController(
            Dispatch dispatch, Lookup lookup, PictureParts pictures, Previews previews, GatewaySettings settings) {
        this.previews = previews;
        this.dispatch = dispatch;
        this.lookup = lookup;
        this.pictures = pictures;
        this.longestWait = settings.longestWait();
    }

    /** Submits a request of one of the four tasks. */
    @Post(consumes = Json.TYPE, produces = Json.TYPE)
    HttpResponse<String> submit(
            HttpRequest<?> from, @Body byte[] body, @QueryValue(value = "wait", defaultValue = "") String given)
            throws InterruptedException {
        var wait = Waits.of(given, longestWait);
        var json = Json.read(body);
        return submit(
                from, Submission.of(Fields.of(json), Optional.empty(), pictures), () -> Json.canonical(json), wait);
    }

    /** A form: the picture as the file {@code image}, everything else as fields, or as JSON in {@code request}. */
    @Post(consumes = MediaType.MULTIPART_FORM_DATA, produces = Json.TYPE)
    HttpResponse<String> submitForm(
            HttpRequest<?> from, @Body MultipartBody body, @QueryValue(value = "wait", defaultValue = "") String given)
            throws InterruptedException {
        var wait = Waits.of(given, longestWait);
        var form = Form.read(body);
        var image = form.has(IMAGE) ? Optional.of(form.one(IMAGE)) : Optional.<byte[]>empty();
        var outer = form.fields();
        var json = outer.text(Form.REQUEST);
        if (json.isPresent()) {
            outer.end();
        }
        var fields = json.map(text -> Fields.of(Json.read(text.getBytes(StandardCharsets.UTF_8))))
                .orElse(outer);
        return submit(from, Submission.of(fields, image, pictures), form::canonical, wait);
    }

    private HttpResponse<String> submit(HttpRequest<?> from, Request<?> request, Supplier<String> body, Duration wait)
            throws InterruptedException {
        var caller = Door.caller(from);
        var key = IdempotencyKey.of(from, caller.tenant(), body);
        var id = key.map(IdempotencyKey::id).orElseGet(() -> RequestIds.fresh(caller.tenant(), Instant.now()));
        boolean before = dispatch.submit(caller, request, id, key);
        var look =
                before || wait.isPositive() ? lookup.look(from, id, wait) : new Lookup.Look(Shown.submitted(id), false);
        var response = answer(look).header("location", "/requests/" + id);
        return before ? response.header(REPLAYED, "true") : response;
    }

    private static MutableHttpResponse<String> answer(Lookup.Look look) {
        return HttpResponse.<String>status(look.ended() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .contentType(Json.TYPE)
                .body(Json.text(look.shown()));
    }

    /** How a request goes on, or how it ended. */
    @Get(uri = "/{id}", produces = Json.TYPE)
    HttpResponse<String> one(
            HttpRequest<?> from, @PathVariable String id, @QueryValue(value = "wait", defaultValue = "") String given)
            throws InterruptedException {
        var look = lookup.look(from, id, Waits.of(given, longestWait));
        return HttpResponse.ok(Json.text(look.shown())).contentType(Json.TYPE);
    }

    /** The picture that a request is about, as long as this gateway remembers what it was asked. */
    @Get(uri = "/{id}/picture", produces = MediaType.ALL)
    HttpResponse<byte[]> picture(HttpRequest<?> from, @PathVariable String id) {
        var bytes = remembered(from, id).picture().flatMap(previews::bytes).orElseThrow(() -> forgotten(id));
        return HttpResponse.ok(bytes)
                .contentType(MediaType.APPLICATION_OCTET_STREAM_TYPE)
                .header("cache-control", "private, max-age=3600")
                .header("content-security-policy", "default-src 'none'; sandbox");
    }

    /** Asks the same once more, under an id of its own, as long as this gateway remembers it. */
    @Post(uri = "/{id}/again", consumes = MediaType.ALL, produces = Json.TYPE)
    HttpResponse<String> again(
            HttpRequest<?> from, @PathVariable String id, @QueryValue(value = "wait", defaultValue = "") String given)
            throws InterruptedException {
        var wait = Waits.of(given, longestWait);
        return submit(from, remembered(from, id), () -> "again " + id, wait);
    }

    private Request<?> remembered(HttpRequest<?> from, String id) {
        return dispatch.recent(Door.caller(from).tenant(), id).orElseThrow(() -> forgotten(id));
    }

    private static ApiError forgotten(String id) {
        return ApiError.notFound(
                "not_remembered",
                "What was asked as " + OneLine.of(id, 100) + " is not remembered here (any more): send it once more.");
    }

    /** Cancels a request. */
    @Delete(uri = "/{id}", produces = Json.TYPE)
    HttpResponse<String> delete(HttpRequest<?> from, @PathVariable String id) throws InterruptedException {
        return cancelled(from, id);
    }

    /** Likewise, for clients whose proxies let no DELETE through. */
    @Post(uri = "/{id}/cancel", consumes = MediaType.ALL, produces = Json.TYPE)
    HttpResponse<String> cancel(HttpRequest<?> from, @PathVariable String id) throws InterruptedException {
        return cancelled(from, id);
    }

    private HttpResponse<String> cancelled(HttpRequest<?> from, String id) throws InterruptedException {
        var look = lookup.look(from, id, Duration.ZERO);
        if (look.ended()) {
            throw ApiError.of(
                    HttpStatus.CONFLICT,
                    "already_ended",
                    "The request " + id + " cannot be cancelled: it has ended as " + look.status() + ".");
        }
        dispatch.cancel(id, Door.caller(from).tenant(), "cancelled by the caller");
        look.shown().put("cancel_requested", true);
        return answer(look);
    }
}
