package io.unifluid.gateway.console;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.gateway.http.ApiError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;

/**
 * A page for people. It holds nothing of anybody: what it shows it asks of this gateway's API, with the key of whoever looks,
 * and it may load nothing from anywhere else.
 */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class ConsoleController {
    private static final URI HOME = URI.create("/console");
    private static final String START = "index.html";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String JAVASCRIPT = "text/javascript; charset=utf-8";
    private static final Map<String, String> FILES = Map.of(
            START,
            HTML,
            "console.css",
            "text/css; charset=utf-8",
            "console.js",
            JAVASCRIPT,
            "api.js",
            JAVASCRIPT,
            "review.html",
            HTML,
            "review.js",
            JAVASCRIPT,
            "icon.svg",
            "image/svg+xml");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    @Get
    HttpResponse<?> root() {
        return HttpResponse.seeOther(HOME);
    }

    /** With a slash behind it as well: the framework makes no difference. */
    @Get("/console")
    HttpResponse<byte[]> start() {
        return file(START);
    }

    @Get("/console/{file}")
    HttpResponse<byte[]> file(@PathVariable String file) {
        var type = FILES.get(file);
        if (type == null) {
            throw ApiError.notFound("no_such_file", "The console has no such file: it is at /console.");
        }
        try (var in = ConsoleController.class.getResourceAsStream("/console/" + file)) {
            return HttpResponse.ok(in.readAllBytes())
                    .header("content-type", type)
                    .header("cache-control", "no-cache")
                    .header("content-security-policy", POLICY)
                    .header("referrer-policy", "no-referrer");
        } catch (IOException e) {
            throw new UncheckedIOException("The console's own files cannot be read.", e);
        }
    }
}
