package io.unifluid.operations.tenants;

import io.unifluid.schemas.WebhookEndpoint;
import io.unifluid.schemas.WebhookSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** What becomes of an endpoint when somebody changes it, at the gateway or on the command line. Values; nothing is written. */
public final class WebhookChanges {
    /** With which ids begin. */
    public static final String KIND = "we_";

    /** A tenant has no more endpoints than so many. */
    public static final int MOST = 20;

    /** With which secrets begin, after the Standard Webhooks specification. */
    public static final String SECRET = "whsec_";

    /** The types of what endpoints are told. */
    public static final List<String> EVENTS = Stream.concat(
                    Stream.of("succeeded", "rejected", "failed", "expired", "cancelled")
                            .map(end -> "request." + end),
                    Stream.of("completed", "failed", "expired", "cancelled").map(end -> "batch." + end))
            .toList();

    private static final Duration BOTH_SIGN = Duration.ofDays(1);
    private static final int SECRET_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private WebhookChanges() {}

    /**
     * An endpoint with a secret that was made for it.
     *
     * @param secret shown this once
     */
    public record Signed(WebhookEndpoint endpoint, String secret) {}

    /** @param events of {@link #EVENTS}; none for all */
    public static Signed created(String tenant, String url, List<String> events, Instant now) {
        var secret = newSecret();
        return new Signed(
                WebhookEndpoint.newBuilder()
                        .setId(Ids.fresh(KIND))
                        .setTenant(tenant)
                        .setUrl(url)
                        .setEvents(List.copyOf(events))
                        .setSecrets(List.of(
                                WebhookSecret.newBuilder().setSecret(secret).build()))
                        .setCreatedAt(stored(now))
                        .build(),
                secret);
    }

    /** For a day, the new secret and the present one both sign. */
    public static Signed rotated(WebhookEndpoint endpoint, Instant now) {
        var secret = newSecret();
        var secrets = new ArrayList<WebhookSecret>();
        secrets.add(WebhookSecret.newBuilder().setSecret(secret).build());
        endpoint.getSecrets().stream()
                .filter(old -> old.getUntil() == null)
                .forEach(old -> secrets.add(WebhookSecret.newBuilder(old)
                        .setUntil(stored(now).plus(BOTH_SIGN))
                        .build()));
        return new Signed(
                WebhookEndpoint.newBuilder(endpoint).setSecrets(secrets).build(), secret);
    }

    /**
     * It is told nothing more, and what waits for it is dropped.
     *
     * @param because one sentence
     */
    public static WebhookEndpoint disabled(WebhookEndpoint endpoint, String because, Instant now) {
        return WebhookEndpoint.newBuilder(endpoint)
                .setEndedAt(stored(now))
                .setEndedBecause(because)
                .build();
    }

    /** It is told of what ends from now on. */
    public static WebhookEndpoint enabled(WebhookEndpoint endpoint) {
        return WebhookEndpoint.newBuilder(endpoint)
                .setEndedAt(null)
                .setEndedBecause(null)
                .build();
    }

    /** As its record is named on the topic. */
    public static String key(WebhookEndpoint endpoint) {
        return key(endpoint.getTenant(), endpoint.getId());
    }

    public static String key(String tenant, String id) {
        return tenant + "/" + id;
    }

    public static String newSecret() {
        var random = new byte[SECRET_BYTES];
        RANDOM.nextBytes(random);
        return SECRET + Base64.getEncoder().encodeToString(random);
    }

    private static Instant stored(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }
}
