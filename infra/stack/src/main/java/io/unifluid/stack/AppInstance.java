package io.unifluid.stack;

import java.nio.file.Path;
import java.util.Map;

/**
 * One process of the streams app or of the worker.
 *
 * @param component {@link Component#STREAMS} or {@link Component#WORKER}
 * @param name for its files; two that run at once need different ones
 * @param model a bundle folder, or {@code noop}; for the worker
 * @param blobs the claim-check store; for the worker
 * @param state folder of its stores; for the streams app
 * @param httpPort of health and metrics
 * @param log of its process
 * @param more further settings of the app by their full names, for example {@code unifluid.worker.lock}
 */
public record AppInstance(
        Component component,
        String name,
        String bootstrapServers,
        String registryUrl,
        String model,
        Path blobs,
        Path state,
        int httpPort,
        Path log,
        Map<String, String> more) {
    public AppInstance {
        more = Map.copyOf(more);
    }

    /** The only one of its kind in the local stack. */
    static AppInstance only(Component component, StackSettings settings) {
        return new AppInstance(
                component,
                component.id(),
                settings.bootstrapServers(),
                settings.registryUrl(),
                settings.model(),
                settings.blobs(),
                settings.data().resolve("streams"),
                settings.port(component == Component.STREAMS ? Port.STREAMS : Port.WORKER),
                settings.log(component),
                Map.of());
    }
}
