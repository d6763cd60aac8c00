package io.unifluid.streams.config;

import jakarta.validation.ConstraintViolation;
import java.time.Duration;
import java.util.function.Supplier;

/** What is wrong with a setting, in one sentence that names it. */
public final class Sentences {
    /** Names the group of settings in a complaint about one of its values. */
    static <V> V named(String group, Supplier<V> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The setting " + group + " cannot work: " + e.getMessage(), e);
        }
    }

    /**
     * What a bean refused, without what the container said around it: the first cause of our own says it best.
     *
     * @return an {@link IllegalArgumentException} or {@link IllegalStateException} where there is one, else the innermost
     */
    public static RuntimeException unwrapped(RuntimeException failure) {
        var innermost = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException || cause instanceof IllegalStateException) {
                return (RuntimeException) cause;
            }
            if (cause instanceof RuntimeException inner) {
                innermost = inner;
            }
        }
        return innermost;
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
