package io.unifluid.inference;

import java.util.Set;

/**
 * What bundle.json says, believed without a look at the bundle's files.
 *
 * @param licence SPDX identifier of the weights' licence
 */
public record BundleOutline(ModelCard card, String family, String licence, Set<Task> tasks) {}
