package io.unifluid.scheduling.task;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where the bytes of a request's picture are: inline or behind a URI.
 *
 * @param inlineBytes how many bytes travel inside the record; empty when none do
 * @param uri claim or external address
 * @param sha256 of its bytes, as the sender says
 * @param mediaType as the sender says
 */
public record Picture(
        OptionalLong inlineBytes, Optional<String> uri, Optional<String> sha256, Optional<String> mediaType) {
    /** A picture of which its sender says no more. */
    public Picture(OptionalLong inlineBytes, Optional<String> uri) {
        this(inlineBytes, uri, Optional.empty(), Optional.empty());
    }
}
