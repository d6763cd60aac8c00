package io.unifluid.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One process of the streams app, of the worker or of the gateway.
 *
 * @param component {@link Component#STREAMS}, {@link Component#WORKER}, {@link Component#MODERATION} or {@link Component#GATEWAY}
 * @param name for its files; two that run at once need different ones
 * @param model a bundle folder, or {@code noop}; for the worker
 * @param blobs the claim-check store; for all but the streams app
 * @param state folder of its stores; for all but the worker
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

    /**
     * The command line with which the stack starts it. The process ends when its standard input does.
     *
     * @param libraries as {@link StackSettings#libraries}
     * @param cache folder of the caches of its classes, and of its temporary files, which are removed here
     */
    public List<String> commandLine(Path libraries, Path cache) {
        return AppProcesses.line(this, Libraries.in(libraries), cache);
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
                settings.data().resolve(component.isOptional() ? component.id() : "streams"),
                settings.port(port(component)),
                settings.log(component),
                Map.of());
    }

    private static Port port(Component component) {
        return switch (component) {
            case STREAMS -> Port.STREAMS;
            case WORKER -> Port.WORKER;
            case MODERATION -> Port.MODERATION;
            case GATEWAY -> Port.GATEWAY;
            case BROKER, REGISTRY -> throw new IllegalArgumentException("The " + component.title() + " is no app.");
        };
    }
}
