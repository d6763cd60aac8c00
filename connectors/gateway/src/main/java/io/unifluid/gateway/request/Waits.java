package io.unifluid.gateway.request;

import io.unifluid.gateway.http.ApiError;
import java.time.Duration;
import java.util.regex.Pattern;

/** How long a caller says that it waits. */
final class Waits {
    private static final Pattern SOUND = Pattern.compile("(\\d{1,7})(ms|s|)");

    private Waits() {}

    /**
     * @param given seconds, or a number with {@code s} or {@code ms} behind it; empty for no wait
     * @param longest nobody waits longer
     */
    static Duration of(String given, Duration longest) {
        if (given.isEmpty()) {
            return Duration.ZERO;
        }
        var parts = SOUND.matcher(given);
        if (!parts.matches()) {
            throw ApiError.parameter("wait", "'wait' must be a time such as 30s or 500ms.");
        }
        long number = Long.parseLong(parts.group(1));
        var time = parts.group(2).equals("ms") ? Duration.ofMillis(number) : Duration.ofSeconds(number);
        return time.compareTo(longest) > 0 ? longest : time;
    }
}
