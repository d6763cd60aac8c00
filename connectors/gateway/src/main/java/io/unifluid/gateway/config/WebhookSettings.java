package io.unifluid.gateway.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How webhooks are delivered.
 *
 * @param timeout of one attempt
 * @param retries how long after each failure it is tried again
 * @param privateAddresses whether endpoints may lie at loopback and private addresses
 */
public record WebhookSettings(Duration timeout, List<Duration> retries, boolean privateAddresses) {
    public WebhookSettings {
        retries = List.copyOf(retries);
    }

    /** How long after one more failure; empty when it is given up. */
    public Optional<Duration> again(int failuresBefore) {
        return failuresBefore < retries.size() ? Optional.of(retries.get(failuresBefore)) : Optional.empty();
    }
}
