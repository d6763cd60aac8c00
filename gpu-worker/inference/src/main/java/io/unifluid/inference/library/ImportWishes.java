package io.unifluid.inference.library;

import io.unifluid.inference.hub.DtypeChoice;
import java.util.Optional;

/**
 * What a person says of a model that is imported; what is empty is taken from its folder.
 *
 * @param name under which it is run
 * @param licence SPDX identifier, for a folder that does not state one
 * @param purpose one sentence for users
 */
public record ImportWishes(
        Optional<String> name, Optional<String> licence, Optional<String> purpose, DtypeChoice dtypes) {
    /** All as the folder says. */
    public static final ImportWishes NONE =
            new ImportWishes(Optional.empty(), Optional.empty(), Optional.empty(), DtypeChoice.ANY);
}
