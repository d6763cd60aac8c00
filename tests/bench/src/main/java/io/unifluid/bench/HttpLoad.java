package io.unifluid.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Posts over connections that stay open, with as little of its own as can be: both sides share this machine's processors. */
final class HttpLoad {
    private final URI to;
    private final String key;
    private final Supplier<String> bodies;
    private final int connections;

    /** @param key empty for none */
    HttpLoad(URI to, String key, Supplier<String> bodies, int connections) {
        this.to = to;
        this.key = key;
        this.bodies = bodies;
        this.connections = connections;
    }

    /** Answers a second, each connection asking again as soon as it is answered. */
    double closed(Duration time) throws Exception {
        long begun = System.nanoTime();
        long until = begun + time.toNanos();
        long answered = all(connection -> () -> {
                    long count = 0;
                    while (System.nanoTime() < until) {
                        connection.post();
                        count++;
                    }
                    return count;
                })
                .stream()
                .mapToLong(Long::longValue)
                .sum();
        return answered / ((System.nanoTime() - begun) / 1e9);
    }

    /** At so many a second, however long they take: milliseconds from when each should have been sent. */
    List<Double> open(double perSecond, Duration time) throws Exception {
        long begun = System.nanoTime();
        long until = begun + time.toNanos();
        double apart = 1e9 * connections / perSecond;
        var number = new int[1];
        return all(connection -> {
                    int mine = number[0]++;
                    return () -> {
                        var taken = new ArrayList<Double>();
                        long due = begun + (long) (apart * mine / connections);
                        for (int i = 0; due < until; i++) {
                            due = begun + (long) (apart * mine / connections + apart * i);
                            long left = due - System.nanoTime();
                            if (left > 0) {
                                Thread.sleep(Duration.ofNanos(left));
                            }
                            connection.post();
                            taken.add((System.nanoTime() - due) / 1e6);
                        }
                        return taken;
                    };
                })
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    private interface Work<T> {
        Callable<T> on(Connection connection);
    }

    private <T> List<T> all(Work<T> work) throws Exception {
        var opened = new ArrayList<Connection>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<T>>();
            for (int i = 0; i < connections; i++) {
                var connection = new Connection();
                opened.add(connection);
                running.add(threads.submit(work.on(connection)));
            }
            var all = new ArrayList<T>();
            for (var one : running) {
                all.add(one.get());
            }
            return all;
        } finally {
            for (var connection : opened) {
                connection.socket.close();
            }
        }
    }

    private final class Connection {
        private final Socket socket;
        private final InputStream in;

        Connection() throws IOException {
            socket = new Socket(to.getHost(), to.getPort());
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        void post() throws IOException {
            var body = bodies.get().getBytes(StandardCharsets.UTF_8);
            var head = "POST " + to.getPath() + " HTTP/1.1\r\nhost: " + to.getHost() + "\r\n"
                    + (key.isEmpty() ? "" : "authorization: Bearer " + key + "\r\n")
                    + "content-type: application/json\r\ncontent-length: " + body.length + "\r\n\r\n";
            var whole = new byte[head.length() + body.length];
            System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, whole, 0, head.length());
            System.arraycopy(body, 0, whole, head.length(), body.length);
            socket.getOutputStream().write(whole);
            var status = line();
            int length = 0;
            for (var line = line(); !line.isEmpty(); line = line()) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(
                            line.substring(line.indexOf(':') + 1).strip());
                }
            }
            var answer = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            if (!status.contains(" 202 ")) {
                throw new IOException(to + " answered " + status + ": " + answer);
            }
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("The connection to " + to + " was closed.");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }
    }
}
