package io.unifluid.gateway.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.blobs.fetch.FetchException;
import io.unifluid.blobs.fetch.WebPosts;
import io.unifluid.client.Cluster;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.http.Listing;
import io.unifluid.operations.tenants.WebhookChanges;
import io.unifluid.operations.tenants.WebhookRegister;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.WebhookDelivery;
import io.unifluid.schemas.WebhookEndpoint;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Where a tenant is told of ends. A secret is shown once, when it is made. */
@Controller("/v1/webhooks")
@ExecuteOn(TaskExecutors.BLOCKING)
final class WebhooksController {
    private static final int LONGEST_URL = 2000;
    private static final int MOST_LISTED = 100;
    private static final Duration LOGGED = Duration.ofDays(1);

    private final Endpoints endpoints;
    private final Cluster cluster;
    private final WebPosts posts;

    WebhooksController(Endpoints endpoints, GatewaySettings settings) {
        this.endpoints = endpoints;
        this.cluster = settings.cluster();
        this.posts = new WebPosts(
                settings.webhooks().privateAddresses(), settings.webhooks().timeout());
    }

    @Post(consumes = Json.TYPE, produces = Json.TYPE)
    String create(HttpRequest<?> request, @Body byte[] body) {
        var tenant = Door.caller(request).tenant();
        var fields = Fields.of(Json.read(body));
        var url = fields.needText("url");
        var events = List.copyOf(fields.texts("events"));
        fields.end();
        events.stream()
                .filter(event -> !WebhookChanges.EVENTS.contains(event))
                .findFirst()
                .ifPresent(event -> {
                    throw ApiError.parameter(
                            "events",
                            "'events' has '" + OneLine.of(event, 100) + "'; there are "
                                    + String.join(", ", WebhookChanges.EVENTS) + ".");
                });
        if (endpoints.of(tenant).size() >= WebhookChanges.MOST) {
            throw ApiError.of(
                    HttpStatus.CONFLICT,
                    "too_many_endpoints",
                    "There are " + WebhookChanges.MOST + " endpoints already: remove one that is not needed.");
        }
        var made = WebhookChanges.created(tenant, address(url), events, Instant.now());
        endpoints.keep(made.endpoint());
        return shown(made);
    }

    private static String shown(WebhookChanges.Signed made) {
        return Json.text(json(made.endpoint()).put("secret", made.secret()));
    }

    private String address(String url) {
        if (url.length() > LONGEST_URL) {
            throw ApiError.parameter("url", "'url' has more than " + LONGEST_URL + " characters.");
        }
        try {
            return posts.check(url).toString();
        } catch (FetchException e) {
            throw ApiError.parameter("url", "'url' cannot be posted to: " + e.getMessage());
        }
    }

    @Get(produces = Json.TYPE)
    String list(HttpRequest<?> request, @Nullable @QueryValue String after, @Nullable @QueryValue Integer limit) {
        var all = endpoints.of(Door.caller(request).tenant()).stream()
                .sorted(Comparator.comparing(WebhookEndpoint::getCreatedAt).thenComparing(WebhookEndpoint::getId))
                .toList();
        return Json.text(Listing.page(
                all,
                WebhookEndpoint::getId,
                after,
                Listing.limit(limit, MOST_LISTED, MOST_LISTED),
                WebhooksController::json));
    }

    @Get(uri = "/{id}", produces = Json.TYPE)
    String one(HttpRequest<?> request, @PathVariable String id) {
        return Json.text(json(endpoint(request, id)));
    }

    @Delete(uri = "/{id}", produces = Json.TYPE)
    String delete(HttpRequest<?> request, @PathVariable String id) {
        endpoints.remove(endpoint(request, id));
        return Json.text(
                Json.object().put("id", id).put("object", "webhook_endpoint").put("deleted", true));
    }

    /** For a day, both secrets sign. */
    @Post(uri = "/{id}/rotate", consumes = MediaType.ALL, produces = Json.TYPE)
    String rotate(HttpRequest<?> request, @PathVariable String id) {
        var rotated = WebhookChanges.rotated(endpoint(request, id), Instant.now());
        endpoints.keep(rotated.endpoint());
        return shown(rotated);
    }

    /** From now on it is told nothing; what waits for it is dropped. */
    @Post(uri = "/{id}/disable", consumes = MediaType.ALL, produces = Json.TYPE)
    String disable(HttpRequest<?> request, @PathVariable String id) {
        var known = endpoint(request, id);
        if (known.getEndedAt() == null) {
            endpoints.end(known, "It was disabled by its tenant.");
        }
        return one(request, id);
    }

    /** From now on it is told again, also where it was given up. */
    @Post(uri = "/{id}/enable", consumes = MediaType.ALL, produces = Json.TYPE)
    String enable(HttpRequest<?> request, @PathVariable String id) {
        endpoints.keep(WebhookChanges.enabled(endpoint(request, id)));
        return one(request, id);
    }

    /** Of the last day, newest first. */
    @Get(uri = "/{id}/deliveries", produces = Json.TYPE)
    String deliveries(HttpRequest<?> request, @PathVariable String id) {
        var node = Json.object().put("object", "list");
        var data = node.putArray("data");
        WebhookRegister.deliveries(cluster, endpoint(request, id), Instant.now().minus(LOGGED), MOST_LISTED)
                .forEach(one -> data.add(json(one)));
        return Json.text(node);
    }

    private WebhookEndpoint endpoint(HttpRequest<?> request, String id) {
        return endpoints
                .find(Door.caller(request).tenant(), id)
                .orElseThrow(() -> ApiError.notFound(
                        "webhook_not_found", "There is no webhook endpoint '" + OneLine.of(id, 100) + "'."));
    }

    private static ObjectNode json(WebhookEndpoint endpoint) {
        var node = Json.object()
                .put("id", endpoint.getId())
                .put("object", "webhook_endpoint")
                .put("url", endpoint.getUrl());
        var events = node.putArray("events");
        endpoint.getEvents().forEach(events::add);
        node.put("created_at", endpoint.getCreatedAt().getEpochSecond())
                .put("status", endpoint.getEndedAt() == null ? "enabled" : "disabled");
        if (endpoint.getEndedAt() != null) {
            node.put("disabled_at", endpoint.getEndedAt().getEpochSecond())
                    .put("disabled_because", endpoint.getEndedBecause());
        }
        return node;
    }

    private static ObjectNode json(WebhookDelivery delivery) {
        var node = Json.object()
                .put("id", delivery.getId())
                .put("type", delivery.getType())
                .put("attempt", delivery.getAttempt())
                .put("at", delivery.getAt().toString())
                .put("milliseconds", delivery.getMillis())
                .put("status", delivery.getStatus() == 0 ? null : delivery.getStatus())
                .put("error", delivery.getError());
        return node.put(
                "next_attempt_at",
                delivery.getNextAt() == null ? null : delivery.getNextAt().toString());
    }

    @PreDestroy
    void close() {
        posts.close();
    }
}
