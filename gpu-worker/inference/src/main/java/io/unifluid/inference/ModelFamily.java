package io.unifluid.inference;

/** The code that runs one kind of bundle. A new family is one package and one line in {@code Models}. */
public interface ModelFamily {
    /** The {@code family} of the bundles it runs. */
    String name();

    /**
     * Loads a bundle of this family.
     *
     * @throws BundleException if the bundle's graphs or settings do not fit the family, or the device does not work
     */
    LoadedModel load(ModelBundle bundle, ModelOptions options);
}
