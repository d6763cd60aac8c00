package io.unifluid.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The way to every broker, for clients, apps and the other brokers alike: a proxy on a port of its own. One process at a
 * time can be cut off: nothing reaches it or leaves it, and no connection ends for that. When it is healed, what was
 * under way arrives, as TCP sends again what was not acknowledged.
 */
final class Network implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final List<ServerSocket> doors = new CopyOnWriteArrayList<>();
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private volatile Optional<Cut> cut = Optional.empty();

    private record Connection(Socket in, Socket out, int proxyPort) {}

    /**
     * @param ports of the process's proxies: none when it takes no connections here
     * @param known whether a connection is cut; a look at whose it is takes milliseconds
     */
    private record Cut(long pid, List<Integer> ports, Map<Connection, Boolean> known) {
        boolean holds(Connection connection) {
            return known.computeIfAbsent(
                    connection,
                    _ -> ports.contains(connection.proxyPort())
                            || SocketOwner.owns(pid, connection.in().getPort(), connection.proxyPort()));
        }
    }

    /**
     * Lets everyone come to a port through another one.
     *
     * @param proxyPort where they connect
     * @param port on this machine, where they arrive
     */
    void open(int proxyPort, int port) {
        try {
            var door = new ServerSocket(proxyPort, 512, InetAddress.getLoopbackAddress());
            doors.add(door);
            Thread.ofVirtual().name("proxy-" + proxyPort).start(() -> accept(door, port));
        } catch (IOException e) {
            throw new UncheckedIOException("No proxy could be opened on port " + proxyPort + ".", e);
        }
    }

    /**
     * Cuts a process off until {@link #heal}.
     *
     * @param proxyPorts by which others reach it
     */
    synchronized void cutOff(long pid, List<Integer> proxyPorts) {
        cut = Optional.of(new Cut(pid, List.copyOf(proxyPorts), new ConcurrentHashMap<>()));
    }

    synchronized void heal() {
        cut = Optional.empty();
        notifyAll();
    }

    @Override
    public void close() {
        doors.forEach(Network::closeQuietly);
        heal();
        connections.forEach(connection -> {
            closeQuietly(connection.in());
            closeQuietly(connection.out());
        });
    }

    private void accept(ServerSocket door, int port) {
        while (!door.isClosed()) {
            try {
                var in = door.accept();
                Thread.ofVirtual().start(() -> connect(in, door.getLocalPort(), port));
            } catch (IOException e) {
                if (!door.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket in, int proxyPort, int port) {
        var out = new Socket();
        var connection = new Connection(in, out, proxyPort);
        try {
            awaitPassage(connection);
            out.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            in.setTcpNoDelay(true);
            out.setTcpNoDelay(true);
        } catch (IOException e) {
            closeQuietly(in); // as a port at which nobody listens
            return;
        }
        connections.add(connection);
        Thread.ofVirtual().start(() -> pump(connection, in, out));
        Thread.ofVirtual().start(() -> pump(connection, out, in));
    }

    private void pump(Connection connection, Socket from, Socket to) {
        try {
            var buffer = new byte[BUFFER_BYTES];
            int read;
            do {
                read = from.getInputStream().read(buffer);
                awaitPassage(connection);
                if (read > 0) {
                    to.getOutputStream().write(buffer, 0, read);
                }
            } while (read >= 0);
        } catch (IOException e) {
            awaitPassage(connection); // one side is gone: the other learns it below, when the network lets it
        } finally {
            connections.remove(connection);
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    /** Returns when the connection is not cut. */
    private void awaitPassage(Connection connection) {
        while (cut.filter(now -> now.holds(connection)).isPresent()) {
            synchronized (this) {
                try {
                    while (cut.isPresent()) {
                        wait();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
