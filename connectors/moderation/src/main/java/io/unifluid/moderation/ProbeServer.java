package io.unifluid.moderation;

import io.micronaut.context.BeanProvider;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.unifluid.moderation.config.ModerationSettings;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;

/** Where the probes are served; the context that it comes from stops it. */
@Singleton
final class ProbeServer {
    private static final int NONE = 0;

    private final ModerationSettings settings;
    private final BeanProvider<EmbeddedServer> server;

    ProbeServer(ModerationSettings settings, BeanProvider<EmbeddedServer> server) {
        this.settings = settings;
        this.server = server;
    }

    /** @throws IllegalStateException one sentence, when the port cannot be had */
    @PostConstruct
    void start() {
        if (settings.httpPort() == NONE) {
            return;
        }
        try {
            server.get().start();
        } catch (ServerStartupException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IllegalStateException(
                    "Port " + settings.httpPort() + " on " + settings.httpHost() + " cannot be had ("
                            + cause.getMessage() + "): free it or give another http-port.",
                    e);
        }
    }

    int port() {
        return settings.httpPort() == NONE ? NONE : server.get().getPort();
    }
}
