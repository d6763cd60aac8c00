package io.unifluid.worker.config;

import java.time.Duration;

/** Checks of settings; each refusal is one sentence that names the setting. */
final class Preconditions {
    private Preconditions() {}

    static void notBlank(String setting, String value, String remedy) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(setting + " is empty; " + remedy + ".");
        }
    }

    static void within(String setting, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    setting + " is " + value + "; give a whole number from " + min + " to " + max + ".");
        }
    }

    static void positive(String setting, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(setting + " is " + value + "; give a duration above zero, such as 30s.");
        }
    }
}
