package io.unifluid.moderation.event;

import io.unifluid.moderation.hash.HashEntry;
import io.unifluid.moderation.policy.Policy;
import java.util.Locale;
import java.util.Optional;

/** Keys of records and ids of requests, as they follow from what they stand for. */
public final class Keys {
    /** Before the submission's id: so its result is known among all others. */
    public static final String REQUEST_PREFIX = "moderation:";

    /** Of the request's labels: what its result must bring back. */
    public static final String TOKEN = "moderation.token";

    public static String of(Policy policy) {
        return policy.tenant() + "/" + policy.name() + "/" + policy.version();
    }

    public static String of(HashEntry entry) {
        return entry.tenant() + "/" + entry.list() + "/" + entry.kind().name().toLowerCase(Locale.ROOT) + "/"
                + entry.hash();
    }

    public static String request(String submissionId) {
        return REQUEST_PREFIX + submissionId;
    }

    /** Empty for a request of others. */
    public static Optional<String> submission(String requestId) {
        return requestId.startsWith(REQUEST_PREFIX)
                ? Optional.of(requestId.substring(REQUEST_PREFIX.length()))
                : Optional.empty();
    }

    private Keys() {}
}
