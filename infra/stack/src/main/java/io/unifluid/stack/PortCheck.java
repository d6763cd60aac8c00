package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;

/** Sees a busy port before a server fails on it. */
public final class PortCheck {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private PortCheck() {}

    public static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            // Ports that only wait for stragglers of a server that has just stopped are free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** @throws EnvironmentProblem naming the first busy port, its setting, and who holds it where that can be seen */
    public static void requireFree(Map<Port, Integer> ports) {
        awaitFree(ports, Duration.ZERO);
    }

    /**
     * Like {@link #requireFree}, but gives whoever holds a port this long to leave it: a process that ends, or
     * connections that linger.
     */
    static void awaitFree(Map<Port, Integer> ports, Duration patience) {
        var until = System.nanoTime() + patience.toNanos();
        for (var port : Port.values()) {
            var number = ports.get(port);
            while (number != null && !isFree(number)) {
                if (System.nanoTime() >= until) {
                    throw new EnvironmentProblem(sentence(port, number));
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while waiting for a port.", e);
        }
    }

    public static String sentence(Port port, int number) {
        return "Port " + number + " (" + port.setting() + ") is in use"
                + PortOwner.of(number).map(owner -> " by " + owner).orElse(" by another program")
                + ": stop that program, or set " + port.setting() + " to a free port.";
    }
}
