package io.unifluid.gateway;

import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.unifluid.gateway.config.GatewayContext;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.request.Dispatch;
import io.unifluid.gateway.view.RequestView;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.service.config.Refusals;
import java.net.URI;
import java.util.Map;

/** A gateway inside any process: {@link #start()}, {@link #close()}. Owns the context that all of it lives in. One use only. */
public final class GatewayRunner implements AutoCloseable {
    private final ApplicationContext context;
    private EmbeddedServer server;

    private GatewayRunner(ApplicationContext context) {
        this.context = context;
    }

    /** @param settings by their full names, for example {@code unifluid.gateway.http-port}; the others have their defaults */
    public static GatewayRunner of(Map<String, ?> settings) {
        return new GatewayRunner(GatewayContext.of(settings));
    }

    /** As this process is configured: files, system properties, variables. */
    static GatewayRunner ofProcess(Map<String, String> variables) {
        return new GatewayRunner(GatewayContext.ofProcess(variables));
    }

    /**
     * Returns when it answers.
     *
     * @throws IllegalArgumentException with one sentence about a setting
     * @throws EnvironmentProblem with one sentence, when Kafka, the registry or the port is not as it must be
     */
    public void start() {
        try {
            context.start();
            context.getBean(GatewaySettings.class); // what is wrong with the settings comes before what is wrong around
            context.getBean(Dispatch.class); // which stands at the end of the results before the first request comes
            context.getBean(RequestView.class).start();
            server = context.getBean(EmbeddedServer.class);
            server.start();
        } catch (ServerStartupException e) {
            close();
            throw busy(e);
        } catch (RuntimeException e) {
            close();
            throw Refusals.unwrapped(e, EnvironmentProblem.class, IllegalArgumentException.class);
        }
    }

    private EnvironmentProblem busy(ServerStartupException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new EnvironmentProblem(
                "The gateway cannot listen (" + cause.getMessage()
                        + "): free the port or give another http-port, and an address of this machine as http-host.",
                failure);
    }

    /** Where it answers. */
    public URI address() {
        return server.getURI();
    }

    @Override
    public void close() {
        context.close();
    }
}
