package io.unifluid.scheduling;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where the bytes of a request's picture are: inline or behind a URI.
 *
 * @param inlineBytes how many bytes travel inside the record; empty when none do
 * @param uri claim or external address
 */
public record Picture(OptionalLong inlineBytes, Optional<String> uri) {}
