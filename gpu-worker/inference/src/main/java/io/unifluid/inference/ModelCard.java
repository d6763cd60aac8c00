package io.unifluid.inference;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a model says of itself, read without loading it or checking its files.
 *
 * @param name the bundle's name
 * @param version the bundle's version
 * @param purpose one sentence for a user: what it is for, and what it is not for; absent where a bundle does not say
 * @param statements the rest of its card, a sentence each by subject in the bundle's order: {@code trainedOn}, {@code
 *     pictures}, {@code languages}, {@code limits}, {@code measured}; empty where a bundle does not say
 */
public record ModelCard(String name, String version, Optional<String> purpose, Map<String, String> statements) {
    public ModelCard {
        statements = Collections.unmodifiableMap(new LinkedHashMap<>(statements));
    }

    /** Of a model that says no more. */
    public ModelCard(String name, String version, Optional<String> purpose) {
        this(name, version, purpose, Map.of());
    }
}
