package io.unifluid.gateway.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How addresses of pictures are signed.
 *
 * @param secret shared by all gateways; without one the links of each hold until it ends, and nowhere else
 * @param validity of a link
 */
public record LinkSettings(Optional<String> secret, Duration validity) {
    /** The length alone: it is a secret. */
    @Override
    public String toString() {
        return "LinkSettings[" + (secret.isPresent() ? "a secret" : "no secret") + ", " + validity + "]";
    }
}
