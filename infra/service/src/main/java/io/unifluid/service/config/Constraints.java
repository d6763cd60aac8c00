package io.unifluid.service.config;

import io.micronaut.context.BeanResolutionContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.inject.BeanDefinition;
import io.micronaut.inject.InjectionPoint;
import io.micronaut.validation.validator.DefaultValidator;
import io.micronaut.validation.validator.ValidatorConfiguration;
import io.micronaut.validation.validator.constraints.ConstraintValidator;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Micronaut's validator, but that it refuses a bean in one sentence about one setting. */
@Singleton
@Replaces(DefaultValidator.class)
final class Constraints extends DefaultValidator {
    Constraints(ValidatorConfiguration configuration) {
        super(configuration);
    }

    @Override
    public <T> void validateBean(BeanResolutionContext resolution, BeanDefinition<T> definition, T bean) {
        validate(bean).stream().map(Refusals::of).sorted().findFirst().ifPresent(sentence -> {
            throw new IllegalArgumentException(sentence);
        });
    }

    /** The bean is checked as a whole. */
    @Override
    @SuppressWarnings("rawtypes") // Of what is overridden.
    public <T> void validateBeanArgument(
            BeanResolutionContext resolution,
            InjectionPoint injectionPoint,
            io.micronaut.core.type.Argument<T> argument,
            int index,
            T value) {}

    /** What {@link AboveZero} means. */
    @Factory
    static final class Validators {
        @Singleton
        ConstraintValidator<AboveZero, Duration> aboveZero() {
            return (value, _, _) -> value == null || !value.isZero() && !value.isNegative();
        }
    }
}
