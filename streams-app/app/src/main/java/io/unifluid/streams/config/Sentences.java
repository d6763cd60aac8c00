package io.unifluid.streams.config;

import jakarta.validation.ConstraintViolation;
import java.time.Duration;
import java.util.function.Supplier;

/** What is wrong with a setting, in one sentence that names it. */
final class Sentences {
    /** Names the group of settings in a complaint about one of its values. */
    static <V> V named(String group, Supplier<V> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The setting " + group + " cannot work: " + e.getMessage(), e);
        }
    }

    /** What a constraint forbids. */
    static String of(String name, ConstraintViolation<?> violation) {
        var message = violation.getMessage();
        return "The setting " + name
                + (message.startsWith(";") ? " is " + text(violation.getInvalidValue()) + message : " " + message);
    }

    private static String text(Object value) {
        if (value instanceof Duration duration) {
            return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
        }
        return String.valueOf(value);
    }

    private Sentences() {}
}
