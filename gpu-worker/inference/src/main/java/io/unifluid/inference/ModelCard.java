package io.unifluid.inference;

import java.util.Optional;

/**
 * What a model says of itself, read without loading it or checking its files.
 *
 * @param name the bundle's name
 * @param version the bundle's version
 * @param purpose one sentence for a user: what it is for, and what it is not for; absent where a bundle does not say
 */
public record ModelCard(String name, String version, Optional<String> purpose) {}
