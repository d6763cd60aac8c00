package io.unifluid.gateway.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.HttpRequest;
import io.unifluid.blobs.BlobKey;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.BaseAddress;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Hangup;
import io.unifluid.gateway.picture.PictureLinks;
import io.unifluid.gateway.view.RequestView;
import io.unifluid.gateway.view.RequestView.Found;
import io.unifluid.gateway.view.Watch;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.OneLine;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/** What a caller may know of a request: its own tenant's, whichever gateway took it. Thread-safe. */
@Singleton
final class Lookup {
    /** What another gateway took a moment ago may not have been read here yet. */
    private static final Duration SETTLES = Duration.ofMillis(500);

    private final RequestView view;
    private final Dispatch dispatch;
    private final PictureLinks links;

    Lookup(RequestView view, Dispatch dispatch, PictureLinks links) {
        this.view = view;
        this.dispatch = dispatch;
        this.links = links;
    }

    /**
     * A request as its caller may see it.
     *
     * @param ended whether nothing more will be said of it
     */
    record Look(ObjectNode shown, boolean ended) {
        String status() {
            return shown.get("status").asText();
        }
    }

    /**
     * Waits up to so long for its end, and no longer than the caller does.
     *
     * @throws ApiError 404 when there is none of the caller's tenant; 503 while nobody can say
     */
    Look look(HttpRequest<?> from, String id, Duration wait) throws InterruptedException {
        var tenant = Door.caller(from).tenant();
        if (!RequestIds.isSound(id)) {
            throw missing(id);
        }
        try (var watch = view.watch(id);
                var _ = Hangup.of(from, watch::end)) {
            var look = seen(from, tenant, id, settled(tenant, id, watch));
            return wait.isPositive() && look.filter(now -> !now.ended()).isPresent()
                    ? seen(from, tenant, id, view.find(id, wait, Found.Ended.class::isInstance, watch))
                            .orElseThrow(() -> missing(id))
                    : look.orElseThrow(() -> missing(id));
        }
    }

    /** What is known now of a request that was looked at before. */
    Optional<Look> now(HttpRequest<?> from, String id) {
        return seen(from, Door.caller(from).tenant(), id, view.find(id));
    }

    private Found settled(String tenant, String id, Watch watch) throws InterruptedException {
        boolean mayCome = RequestIds.isOf(tenant, id) && taken(tenant, id).isEmpty() && !dispatch.isOpen(id);
        return view.find(id, mayCome ? SETTLES : Duration.ZERO, found -> !(found instanceof Found.Nothing), watch);
    }

    private Optional<Look> seen(HttpRequest<?> from, String tenant, String id, Found found) {
        return switch (found) {
            case Found.Ended ended ->
                Optional.of(ended.result())
                        .filter(result -> result.getTenant().equals(tenant))
                        .map(result -> new Look(Shown.of(result, made -> link(made, BaseAddress.of(from))), true));
            case Found.UnderWay underWay ->
                Optional.of(underWay.status())
                        .filter(_ -> RequestIds.isOf(tenant, id))
                        .map(status -> new Look(Shown.of(status), false));
            case Found.Taken taken ->
                Optional.of(taken.request())
                        .filter(request -> request.getTenant().equals(tenant))
                        .map(request -> new Look(Shown.submitted(id, request.getAcceptedAt()), false));
            case Found.Nothing _ -> taken(tenant, id).or(() -> sentHere(tenant, id));
            case Found.Unknown unknown ->
                Optional.of(sentHere(tenant, id).orElseThrow(() -> ApiError.unavailable(unknown.why())));
        };
    }

    /** As its id says, whichever gateway took it, where what would have been said of it since is still kept. */
    private Optional<Look> taken(String tenant, String id) {
        return RequestIds.takenAt(tenant, id)
                .filter(at -> at.isAfter(view.keptSince()))
                .map(at -> new Look(Shown.submitted(id, at), false));
    }

    private Optional<Look> sentHere(String tenant, String id) {
        return RequestIds.isOf(tenant, id) && dispatch.wasSentHere(tenant, id)
                ? Optional.of(new Look(Shown.submitted(id), false))
                : Optional.empty();
    }

    private String link(GeneratedImage made, String base) {
        var uri = made.getImage().getUri();
        return uri != null && uri.startsWith(BlobKey.URI_PREFIX)
                ? links.link(BlobKey.parse(uri), base)
                : links.link(dispatch.bytes(made), base);
    }

    static ApiError missing(String id) {
        return ApiError.notFound(
                "not_found",
                "There is no request " + OneLine.of(id, 100) + " of this tenant, or it ended too long ago.");
    }
}
