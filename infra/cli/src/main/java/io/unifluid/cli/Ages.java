package io.unifluid.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/** Times on the command line. */
final class Ages {
    private static final Pattern AGE = Pattern.compile("(\\d{1,9})([smhd])");

    private Ages() {}

    /** {@code 90s}, {@code 10m}, {@code 24h} or {@code 7d}. */
    static Duration duration(String option, String text) {
        var age = AGE.matcher(text.strip());
        if (!age.matches()) {
            throw new IllegalArgumentException(option + " is '" + text + "'; give a time such as 90s, 10m, 24h or 7d.");
        }
        long count = Long.parseLong(age.group(1));
        return switch (age.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** So long ago, or an instant such as {@code 2026-01-31T12:00:00Z}. */
    static Instant since(String option, String text, Instant now) {
        try {
            return AGE.matcher(text.strip()).matches()
                    ? now.minus(duration(option, text))
                    : Instant.parse(text.strip());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    option + " is '" + text + "'; give an age such as 90s, 10m, 24h or 7d, or an instant such as"
                            + " 2026-01-31T12:00:00Z.",
                    e);
        }
    }
}
