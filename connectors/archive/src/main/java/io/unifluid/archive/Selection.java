package io.unifluid.archive;

import java.util.List;
import java.util.Optional;

/**
 * Which parts of an archive are wanted.
 *
 * @param include patterns of names or of paths, one of which must match; none takes all
 * @param exclude patterns none of which may match
 * @param hidden take what begins with a dot, too
 * @param links follow symbolic links, as far as they stay below the archive's folder
 * @param all take files that are no pictures by name or first bytes, too
 * @param column of a table, where the picture or its URL is; empty finds it
 * @param byReference send only where the picture lies, as far as a worker can fetch it itself
 * @param companions hand over the other members of a WebDataset sample
 */
public record Selection(
        List<String> include,
        List<String> exclude,
        boolean hidden,
        boolean links,
        boolean all,
        Optional<String> column,
        boolean byReference,
        boolean companions) {
    /** Pictures by name or first bytes, nothing hidden, no links. */
    public static final Selection PICTURES =
            new Selection(List.of(), List.of(), false, false, false, Optional.empty(), false, false);

    /** @throws IllegalArgumentException one sentence for a pattern that is none */
    public Selection {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        include.forEach(Glob::of);
        exclude.forEach(Glob::of);
    }

    public Selection withCompanions() {
        return new Selection(include, exclude, hidden, links, all, column, byReference, true);
    }
}
