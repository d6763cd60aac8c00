package io.unifluid.gateway.http;

import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.tenant.Caller;
import io.unifluid.gateway.tenant.Tenants;
import java.util.List;
import java.util.Optional;

/** Who comes in. The API asks for a key; probes, pages and signed links do not. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Access.ORDER + 1)
public final class Door {
    private static final List<String> API = List.of("/v1/", "/requests", "/events");
    private static final String CALLER = "unifluid.caller";
    private static final String BEARER = "Bearer ";

    /** What clients send that insist on a key, where none is needed. */
    private static final String NO_KEY = "local";

    /** Takes a file as it comes, so that it may be larger than what is held in memory. */
    private static final String FILES = "/v1/files";

    private final Tenants tenants;
    private final int maxBody;
    private final int maxUpload;

    Door(Tenants tenants, GatewaySettings settings) {
        this.tenants = tenants;
        this.maxBody = settings.maxBody();
        this.maxUpload = settings.maxUpload();
    }

    /** Who asks; there on every path of the API. */
    public static Caller caller(HttpRequest<?> request) {
        return known(request).orElseThrow(() -> new IllegalStateException("The path is not one of the API's."));
    }

    static Optional<Caller> known(HttpRequest<?> request) {
        return request.getAttribute(CALLER, Caller.class);
    }

    public static ApiError over(Caller.Over over) {
        return ApiError.overLimit(
                "The limit of " + over.most() + " " + over.limit() + " is reached: try again in "
                        + Math.max(1, over.again().plusMillis(999).toSeconds()) + " s.",
                over.again());
    }

    @RequestFilter
    void enter(HttpRequest<?> request) {
        if (API.stream().anyMatch(request.getPath()::startsWith)) {
            var caller = byKey(request);
            request.setAttribute(CALLER, caller);
            long most = request.getPath().startsWith(FILES) ? maxUpload : maxBody;
            if (request.getContentLength() > most) {
                throw ApiError.tooLarge(most);
            }
            caller.enter(Math.max(0, request.getContentLength())).ifPresent(over -> {
                throw over(over);
            });
        }
    }

    private Caller byKey(HttpRequest<?> request) {
        var given = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (given == null || given.isBlank()) {
            return tenants.withoutKey()
                    .orElseThrow(() ->
                            ApiError.noKey("The request has no key: send the header 'Authorization: Bearer KEY'."));
        }
        if (!given.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw ApiError.noKey("The header Authorization is not 'Bearer KEY': send it so.");
        }
        var key = given.substring(BEARER.length()).strip();
        return tenants.of(key)
                .or(() -> key.equals(NO_KEY) ? tenants.withoutKey() : Optional.empty())
                .orElseThrow(() -> ApiError.noKey(
                        "The key is not known, or was revoked: ask the operator for one ('unifluid tenants add')."));
    }
}
