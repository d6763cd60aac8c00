package io.unifluid.worker;

import io.unifluid.inference.LoadedModel;

/** Opens what a worker runs. */
interface ModelSource {
    /** @throws io.unifluid.inference.BundleException with one sentence, if the model cannot be used */
    LoadedModel open();
}
