package io.unifluid.streams.config;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A whole number or a duration lies between two others, these included; null does too. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Constraint(validatedBy = {})
@interface Within {
    /** As it would be written in a file, for example {@code 1} or {@code 100ms}. */
    String least();

    String most();

    String message() default "; it must be from {least} to {most}.";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
