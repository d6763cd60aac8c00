package io.unifluid.local.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;

/** Sees a busy port before a server fails on it. */
public final class PortCheck {
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
    static void requireFree(Map<Port, Integer> ports) {
        for (var port : Port.values()) {
            var number = ports.get(port);
            if (number != null && !isFree(number)) {
                throw new EnvironmentProblem(sentence(port, number));
            }
        }
    }

    public static String sentence(Port port, int number) {
        return "Port " + number + " (" + port.setting() + ") is in use"
                + PortOwner.of(number).map(owner -> " by " + owner).orElse(" by another program")
                + ": stop that program, or set " + port.setting() + " to a free port.";
    }
}
