package io.unifluid.service.config;

import io.micronaut.core.naming.NameUtils;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** What is wrong with a setting, in one sentence that names it. */
public final class Refusals {
    private Refusals() {}

    /**
     * What a bean refused, without what the container said around it.
     *
     * @param own exceptions whose message is a sentence of ours
     * @return the first cause of one of these, else what came
     */
    @SafeVarargs
    public static RuntimeException unwrapped(RuntimeException failure, Class<? extends RuntimeException>... own) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            for (Class<? extends RuntimeException> kind : own) {
                if (kind.isInstance(cause)) {
                    return kind.cast(cause);
                }
            }
        }
        return failure;
    }

    static String of(ConstraintViolation<?> violation) {
        String name = "";
        for (var node : violation.getPropertyPath()) {
            name = node.getName();
        }
        Object value = violation.getInvalidValue();
        String shown = value == null || value.toString().isBlank() ? "empty" : value.toString();
        return NameUtils.hyphenate(name) + " is " + shown + "; " + wish(violation, name) + ".";
    }

    /** A whole number's bounds are two constraints and one wish; the others say theirs in the message. */
    private static String wish(ConstraintViolation<?> violation, String name) {
        try {
            var accessor = violation.getRootBeanClass().getDeclaredMethod(name);
            var least = accessor.getAnnotation(Min.class);
            var most = accessor.getAnnotation(Max.class);
            if (least == null) {
                return violation.getMessage();
            }
            return most == null
                    ? "give a whole number of at least " + least.value()
                    : "give a whole number from " + least.value() + " to " + most.value();
        } catch (NoSuchMethodException e) {
            return violation.getMessage();
        }
    }
}
