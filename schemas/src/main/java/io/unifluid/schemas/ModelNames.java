package io.unifluid.schemas;

import java.util.Set;

/** How a request names the model that it insists on: by {@code name}, or by {@code name@version} for one version. */
public final class ModelNames {
    /** All names by which a request may ask for the model. */
    public static Set<String> of(ModelInfo model) {
        return Set.of(model.getName(), full(model));
    }

    /** The name with the version. */
    public static String full(ModelInfo model) {
        return model.getName() + "@" + model.getVersion();
    }

    /** What answers depend on: the family's code, the bundle and its version. */
    public static String identity(ModelInfo model) {
        return model.getFamily() + "/" + full(model);
    }

    private ModelNames() {}
}
