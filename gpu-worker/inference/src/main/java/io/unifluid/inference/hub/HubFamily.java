package io.unifluid.inference.hub;

import io.unifluid.inference.ModelFamily;
import java.util.Optional;

/** A family that knows folders as they come from a public hub, and says how to make a bundle of one. */
public interface HubFamily extends ModelFamily {
    /**
     * What this family makes of a folder. Reads the small files and the graphs' own lists of what they take and give; loads
     * nothing.
     *
     * @return empty if the folder is not of this family
     * @throws io.unifluid.inference.BundleException with one sentence, if it is of this family and cannot be taken
     */
    Optional<BundleDraft> recognise(HubFolder folder);
}
