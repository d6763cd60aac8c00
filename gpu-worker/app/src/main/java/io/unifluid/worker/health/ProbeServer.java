package io.unifluid.worker.health;

import io.micronaut.context.BeanProvider;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import jakarta.inject.Singleton;
import java.net.BindException;

/** Where {@link io.unifluid.service.health.Probes} are served; the context that it comes from stops it. */
@Singleton
public final class ProbeServer {
    private final BeanProvider<EmbeddedServer> server;
    private final WorkerSettings settings;

    ProbeServer(BeanProvider<EmbeddedServer> server, WorkerSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    /** @throws WorkerStartException with one sentence, if it cannot listen */
    public void start() {
        if (settings.httpPort() == 0) {
            return;
        }
        try {
            server.get().start();
        } catch (ServerStartupException e) {
            throw cannotListen(e);
        }
    }

    private WorkerStartException cannotListen(Exception failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof BindException)) {
            cause = cause.getCause();
        }
        int port = settings.httpPort();
        return new WorkerStartException(
                String.valueOf(cause.getMessage()).contains("in use")
                        ? "Port " + port + " is busy; give the worker another http-port, or 0 for none."
                        : "The worker cannot listen on port " + port + " of " + settings.httpHost() + " ("
                                + cause.getMessage() + "); give an address of this machine as http-host, such as "
                                + WorkerSettings.LOOPBACK + ".",
                failure);
    }
}
