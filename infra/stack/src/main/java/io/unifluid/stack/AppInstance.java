package io.unifluid.stack;

import java.nio.file.Path;
import java.util.Map;

/**
 * One process of the streams app, of the worker or of the gateway.
 *
 * @param component {@link Component#STREAMS}, {@link Component#WORKER} or {@link Component#GATEWAY}
 * @param name for its files; two that run at once need different ones
 * @param model a bundle folder, or {@code noop}; for the worker
 * @param blobs the claim-check store; for the worker and the gateway
 * @param state folder of its stores; for the streams app and the gateway
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
                settings.data().resolve(component == Component.GATEWAY ? "gateway" : "streams"),
                settings.port(port(component)),
                settings.log(component),
                Map.of());
    }

    private static Port port(Component component) {
        return switch (component) {
            case STREAMS -> Port.STREAMS;
            case WORKER -> Port.WORKER;
            case GATEWAY -> Port.GATEWAY;
            case BROKER, REGISTRY -> throw new IllegalArgumentException("The " + component.title() + " is no app.");
        };
    }
}
