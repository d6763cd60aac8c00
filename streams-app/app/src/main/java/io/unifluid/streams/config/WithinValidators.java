package io.unifluid.streams.config;

import io.micronaut.context.annotation.Factory;
import io.micronaut.core.annotation.AnnotationValue;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.validation.validator.constraints.ConstraintValidator;
import jakarta.inject.Singleton;
import java.time.Duration;

/** What {@link Within} means. */
@Factory
final class WithinValidators {
    private final ConversionService conversions;

    WithinValidators(ConversionService conversions) {
        this.conversions = conversions;
    }

    @Singleton
    ConstraintValidator<Within, Integer> wholeNumbers() {
        return (value, bounds, _) -> lies(value, bounds, Integer.class);
    }

    @Singleton
    ConstraintValidator<Within, Duration> durations() {
        return (value, bounds, _) -> lies(value, bounds, Duration.class);
    }

    private <V extends Comparable<V>> boolean lies(V value, AnnotationValue<Within> bounds, Class<V> type) {
        return value == null
                || value.compareTo(bound(bounds, "least", type)) >= 0
                        && value.compareTo(bound(bounds, "most", type)) <= 0;
    }

    private <V> V bound(AnnotationValue<Within> bounds, String which, Class<V> type) {
        return conversions.convertRequired(bounds.stringValue(which).orElseThrow(), type);
    }
}
