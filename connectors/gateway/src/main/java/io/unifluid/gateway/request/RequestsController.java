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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
    private final Duration longestWait;

    RequestsController(Dispatch dispatch, Lookup lookup, PictureParts pictures, GatewaySettings settings) {
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
        var id = key.map(IdempotencyKey::id).orElseGet(() -> RequestIds.fresh(caller.tenant()));
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
