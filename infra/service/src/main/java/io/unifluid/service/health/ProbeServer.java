package io.unifluid.service.health;

import io.micronaut.context.BeanProvider;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.BindException;
import java.util.function.BiFunction;

/** Where {@link Probes} are served, once started; the context that the server comes from stops it. */
public final class ProbeServer {
    private static final int NONE = 0;

    private final String app;
    private final String host;
    private final int port;
    private final BeanProvider<EmbeddedServer> server;
    private final BiFunction<String, Throwable, ? extends RuntimeException> refusal;

    /**
     * @param app its name in messages, for example {@code worker}
     * @param host to listen on, as the server is told
     * @param port 0 for no server at all
     * @param refusal of one sentence and its cause, when it cannot listen
     */
    public ProbeServer(
            String app,
            String host,
            int port,
            BeanProvider<EmbeddedServer> server,
            BiFunction<String, Throwable, ? extends RuntimeException> refusal) {
        this.app = app;
        this.host = host;
        this.port = port;
        this.server = server;
        this.refusal = refusal;
    }

    /** Begins to answer. */
    public void start() {
        if (port == NONE) {
            return;
        }
        try {
            server.get().start();
        } catch (ServerStartupException e) {
            throw cannotListen(e);
        }
    }

    /** 0 for no server at all. */
    public int port() {
        return port == NONE ? NONE : server.get().getPort();
    }

    private RuntimeException cannotListen(ServerStartupException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof BindException)) {
            cause = cause.getCause();
        }
        return refusal.apply(
                String.valueOf(cause.getMessage()).contains("in use")
                        ? "Port " + port + " is busy; give the " + app + " another http-port, or 0 for none."
                        : "The " + app + " cannot listen on port " + port + " of " + host + " (" + cause.getMessage()
                                + "); give an address of this machine as http-host, such as 127.0.0.1.",
                failure);
    }
}
