package io.unifluid.gateway.moderation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.blobs.BlobKey;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.BaseAddress;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.http.Listing;
import io.unifluid.gateway.picture.PictureLinks;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.DecisionKind;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.Ruling;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.UUID;

/** What people of a tenant must look at, and what they decide about it. */
@Controller("/v1/moderations/reviews")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ReviewsController {
    private static final int MOST_LISTED = 100;
    private static final int LONGEST = 2000;

    private final Reviews reviews;
    private final PictureLinks links;

    ReviewsController(Reviews reviews, PictureLinks links) {
        this.reviews = reviews;
        this.links = links;
    }

    /** Those that are open, the oldest first. */
    @Get(produces = Json.TYPE)
    String list(HttpRequest<?> from, @Nullable @QueryValue String after, @Nullable @QueryValue Integer limit) {
        var base = BaseAddress.of(from);
        int most = Listing.limit(limit, MOST_LISTED, MOST_LISTED);
        var items = reviews.open(Door.caller(from).tenant(), after, most + 1).orElseThrow(() -> Listing.nothing(after));
        return Json.text(Listing.page(items, item -> item.verdict().getSubmissionId(), most, item -> json(item, base)));
    }

    /** One, also when it has been decided. */
    @Get(uri = "/{id}", produces = Json.TYPE)
    String one(HttpRequest<?> from, @PathVariable String id) {
        return Json.text(json(item(from, id), BaseAddress.of(from)));
    }

    /** Decides about one. */
    @Post(uri = "/{id}", consumes = Json.TYPE, produces = Json.TYPE)
    String decide(HttpRequest<?> from, @PathVariable String id, @Body byte[] body) {
        var fields = Fields.of(Json.read(body));
        var decision = decision(fields);
        var by = shortText(fields, "by");
        var reason = shortText(fields, "reason");
        var seen = fields.whole("revision", 0, Integer.MAX_VALUE);
        fields.end();
        var item = item(from, id);
        var ruling = reviews.decide(CaseDecision.newBuilder()
                        .setDecisionId(UUID.randomUUID().toString())
                        .setSubmissionId(id)
                        .setTenant(Door.caller(from).tenant())
                        .setKind(DecisionKind.REVIEW)
                        .setDecision(decision)
                        .setSeen(seen.orElseGet(item::revision))
                        .setBy(by)
                        .setReason(reason)
                        .setDecidedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                        .build())
                .orElseThrow(() -> ApiError.of(
                        HttpStatus.GATEWAY_TIMEOUT,
                        "timeout",
                        "The decision was sent and nothing came of it yet: ask the operator whether the moderation app"
                                + " runs ('unifluid up --moderation')."));
        if (!ruling.getAccepted()) {
            throw ApiError.of(
                    HttpStatus.CONFLICT,
                    String.valueOf(ruling.getRefusal()).toLowerCase(Locale.ROOT),
                    String.valueOf(ruling.getMessage()));
        }
        return Json.text(json(ruling));
    }

    private static ModerationDecision decision(Fields fields) {
        return switch (fields.needText("decision")) {
            case "approve" -> ModerationDecision.ALLOW;
            case "block" -> ModerationDecision.BLOCK;
            default ->
                throw ApiError.parameter("decision", "unsupported_value", "'decision' must be approve or block.");
        };
    }

    private static String shortText(Fields fields, String name) {
        var text = fields.needText(name).strip();
        if (text.isEmpty() || text.length() > LONGEST) {
            throw ApiError.parameter(name, "'" + name + "' must have 1 to " + LONGEST + " characters.");
        }
        return text;
    }

    private Reviews.Item item(HttpRequest<?> from, String id) {
        return reviews.find(Door.caller(from).tenant(), id)
                .orElseThrow(() -> ApiError.notFound(
                        "review_not_found", "There is no such picture of this tenant that people must look at."));
    }

    private ObjectNode json(Reviews.Item item, String base) {
        var verdict = item.verdict();
        var node = Json.object()
                .put("id", verdict.getSubmissionId())
                .put("object", "moderation.review")
                .put("status", item.open() ? "open" : "decided")
                .put("decision", lower(item.inForce()))
                .put("revision", item.revision())
                .put("subject_id", verdict.getSubjectId())
                .put("sampled", verdict.getSampled())
                .put("image_url", link(item, base))
                .put("submitted_at", verdict.getSubmittedAt().toString())
                .put("judged_at", verdict.getDecidedAt().toString());
        var labels = node.putArray("labels");
        verdict.getLabels().forEach(labels::add);
        var reasons = node.putArray("reasons");
        verdict.getReasons().stream()
                .filter(reason -> !reason.getShadow())
                .forEach(reason -> reasons.addObject()
                        .put("policy", reason.getPolicy())
                        .put("decision", lower(reason.getDecision()))
                        .put("score", reason.getScore())
                        .put("threshold", reason.getThreshold())
                        .put("text", reason.getText()));
        item.last().ifPresent(ruling -> node.set("last_decision", json(ruling)));
        return node;
    }

    /** Null for a picture that lies elsewhere: the gateway fetches none. */
    private String link(Reviews.Item item, String base) {
        var image = item.verdict().getImage();
        var uri = image == null ? null : image.getUri();
        return uri != null && uri.startsWith(BlobKey.URI_PREFIX) ? links.link(BlobKey.parse(uri), base) : null;
    }

    private static ObjectNode json(Ruling ruling) {
        return Json.object()
                .put("id", ruling.getSubmissionId())
                .put("object", "moderation.decision")
                .put("decision", lower(ruling.getDecision()))
                .put("before", lower(ruling.getBefore()))
                .put("revision", ruling.getRevision())
                .put("by", ruling.getBy())
                .put("reason", ruling.getReason())
                .put("at", ruling.getRuledAt().toString());
    }

    private static String lower(ModerationDecision decision) {
        return decision == ModerationDecision.ALLOW
                ? "approve"
                : decision.name().toLowerCase(Locale.ROOT);
    }
}
