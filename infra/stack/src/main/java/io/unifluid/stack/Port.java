package io.unifluid.stack;

import java.util.Locale;
import java.util.Map;

/** The loopback ports of the stack, each with the setting that moves it. */
public enum Port {
    KAFKA(Component.BROKER, 19092),
    CONTROLLER(Component.BROKER, 19093),
    REGISTRY(Component.REGISTRY, 18081),
    REGISTRY_MANAGEMENT(Component.REGISTRY, 18082),
    STREAMS(Component.STREAMS, 18083),
    WORKER(Component.WORKER, 18084),
    MODERATION(Component.MODERATION, 18085),
    GATEWAY(Component.GATEWAY, 18080);

    private final Component listener;
    private final int standard;

    Port(Component listener, int standard) {
        this.listener = listener;
        this.standard = standard;
    }

    /** Whose process listens there. */
    public Component listener() {
        return listener;
    }

    /** The environment variable that moves this port. */
    public String setting() {
        return "UNIFLUID_PORT_" + name().toUpperCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with one sentence when the setting is not a port */
    public int in(Map<String, String> environment) {
        var given = environment.get(setting());
        if (given == null || given.isBlank()) {
            return standard;
        }
        try {
            var port = Integer.parseInt(given.strip());
            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(setting() + " is '" + given + "'; give a port number from 1 to 65535.");
    }
}
