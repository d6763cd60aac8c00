package io.unifluid.gateway.picture;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.blobs.BlobNotFoundException;
import io.unifluid.gateway.http.ApiError;

/** Pictures behind {@link PictureLinks}. */
@Controller(PictureLinks.PATH)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PicturesController {
    private final PictureLinks links;

    PicturesController(PictureLinks links) {
        this.links = links;
    }

    @Get(uri = "{name}.png", produces = MediaType.IMAGE_PNG)
    HttpResponse<byte[]> picture(
            @PathVariable String name,
            @QueryValue(defaultValue = "0") long until,
            @QueryValue(defaultValue = "") String signature) {
        try {
            return HttpResponse.ok(links.picture(name, until, signature).orElseThrow(PicturesController::gone))
                    .header("cache-control", "private, max-age=3600")
                    .header("content-security-policy", "default-src 'none'; sandbox");
        } catch (BlobNotFoundException e) {
            throw gone();
        }
    }

    private static ApiError gone() {
        return ApiError.notFound(
                "not_found", "There is no such picture, or its link holds no longer: ask for it again.");
    }
}
