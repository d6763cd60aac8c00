package io.unifluid.operations.tenants;

import io.unifluid.blobs.fetch.FetchException;
import io.unifluid.blobs.fetch.WebPosts;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WebhookDelivery;
import io.unifluid.schemas.WebhookEndpoint;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where tenants are told of ends, for an operator: of all tenants, past their keys. Every gateway knows of a change within a
 * second. Of two people that change the same endpoint at the same moment one overwrites the other.
 */
public final class WebhookRegister {
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final Register<WebhookEndpoint> endpoints;

    public WebhookRegister(Cluster cluster) {
        this.cluster = cluster;
        this.endpoints = new Register<>(cluster, Topics.WEBHOOKS);
    }

    /**
     * By tenant, then by age.
     *
     * @throws EnvironmentProblem when the broker or the registry does not serve them
     */
    public Collection<WebhookEndpoint> all() {
        return endpoints.all().values();
    }

    /**
     * @param events none for all
     * @param privateAddresses whether it may lie at loopback and private addresses, where the gateways post to such
     * @throws IllegalArgumentException when an event is none, the address cannot be posted to, or the tenant has as many
     *     endpoints as it may have
     */
    public WebhookChanges.Signed add(String tenant, String url, List<String> events, boolean privateAddresses) {
        events.stream()
                .filter(event -> !WebhookChanges.EVENTS.contains(event))
                .findFirst()
                .ifPresent(event -> {
                    throw new IllegalArgumentException("There is no event '" + event + "'; there are "
                            + String.join(", ", WebhookChanges.EVENTS) + ".");
                });
        if (!tenant.matches(TenantRegister.NAME)) {
            throw TenantRegister.noName(tenant);
        }
        if (all().stream().filter(one -> one.getTenant().equals(tenant)).count() >= WebhookChanges.MOST) {
            throw new IllegalArgumentException("The tenant " + tenant + " has " + WebhookChanges.MOST
                    + " endpoints already: remove one that is not needed.");
        }
        var made = WebhookChanges.created(tenant, address(url, privateAddresses), events, Instant.now());
        endpoints.write(WebhookChanges.key(made.endpoint()), made.endpoint());
        return made;
    }

    private static String address(String url, boolean privateAddresses) {
        try {
            return checked(url, privateAddresses);
        } catch (FetchException e) {
            throw new IllegalArgumentException(
                    "The endpoint cannot be posted to: " + e.getMessage()
                            + (!privateAddresses && isPostable(url)
                                    ? " Say --private-address where the gateways may post to such addresses (their setting"
                                            + " webhook-private-addresses)."
                                    : ""),
                    e);
        }
    }

    private static String checked(String url, boolean privateAddresses) {
        try (var posts = new WebPosts(privateAddresses, LOOK)) {
            return posts.check(url).toString();
        }
    }

    /** Whether nothing stands against it but that its address is private. */
    private static boolean isPostable(String url) {
        try {
            checked(url, true);
            return true;
        } catch (FetchException _) {
            return false;
        }
    }

    /** @throws IllegalArgumentException when there is no such endpoint */
    public WebhookChanges.Signed rotate(String id) {
        var rotated = WebhookChanges.rotated(known(id), Instant.now());
        endpoints.write(WebhookChanges.key(rotated.endpoint()), rotated.endpoint());
        return rotated;
    }

    /** @throws IllegalArgumentException when there is no such endpoint */
    public WebhookEndpoint enable(String id) {
        return changed(id, WebhookChanges::enabled);
    }

    /**
     * @param because one sentence, for its tenant
     * @throws IllegalArgumentException when there is no such endpoint
     */
    public WebhookEndpoint disable(String id, String because) {
        return changed(id, known -> WebhookChanges.disabled(known, because, Instant.now()));
    }

    /** @throws IllegalArgumentException when there is no such endpoint */
    public WebhookEndpoint remove(String id) {
        var known = known(id);
        endpoints.write(WebhookChanges.key(known), null);
        return known;
    }

    private WebhookEndpoint changed(String id, UnaryOperator<WebhookEndpoint> change) {
        var changed = change.apply(known(id));
        endpoints.write(WebhookChanges.key(changed), changed);
        return changed;
    }

    private WebhookEndpoint known(String id) {
        return all().stream()
                .filter(one -> one.getId().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no webhook endpoint '" + id + "': 'unifluid webhooks list' shows those there are."));
    }

    /**
     * The attempts at an endpoint, newest first.
     *
     * @param most so many of the newest
     * @throws IllegalArgumentException when there is no such endpoint
     * @throws EnvironmentProblem when the broker or the registry does not serve them
     */
    public List<WebhookDelivery> deliveries(String id, Instant since, int most) {
        return deliveries(cluster, known(id), since, most);
    }

    /** Likewise, of an endpoint that is known. */
    public static List<WebhookDelivery> deliveries(Cluster cluster, WebhookEndpoint endpoint, Instant since, int most) {
        var key = WebhookChanges.key(endpoint);
        var topic = Topics.WEBHOOK_DELIVERIES.name();
        var last = new ArrayDeque<WebhookDelivery>();
        try (var scan = new TopicScan(cluster);
                var decoder = new AvroSerdes(cluster.registry()).deserializer(Topics.WEBHOOK_DELIVERIES)) {
            scan.read(scan.since(topic, since), record -> {
                if (record.key() != null && key.equals(new String(record.key(), StandardCharsets.UTF_8))) {
                    last.addFirst(decoder.deserialize(topic, record.headers(), record.value()));
                    if (last.size() > most) {
                        last.removeLast();
                    }
                }
                return true;
            });
        }
        return List.copyOf(last);
    }
}
