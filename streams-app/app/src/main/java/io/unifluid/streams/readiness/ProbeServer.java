package io.unifluid.streams.readiness;

import io.micronaut.context.BeanProvider;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.unifluid.streams.config.StreamsSettings;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;

/** Where {@link Probes} are served; the context that it comes from stops it. */
@Singleton
public final class ProbeServer {
    private static final int NONE = 0;

    private final StreamsSettings settings;
    private final BeanProvider<EmbeddedServer> server;

    ProbeServer(StreamsSettings settings, BeanProvider<EmbeddedServer> server) {
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
            throw new IllegalStateException(
                    "Port " + settings.httpPort() + " on " + settings.httpHost() + " cannot be had (" + innermost(e)
                            + "): free it or give another http-port.",
                    e);
        }
    }

    /** 0 for no server at all. */
    public int port() {
        return settings.httpPort() == NONE ? NONE : server.get().getPort();
    }

    private static String innermost(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }
}
