package io.unifluid.archive.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** As much of S3 as the reader asks for, with the faults that S3 has. */
final class FaultyBucket implements AutoCloseable {
    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private final HttpServer server;
    private final AtomicInteger unavailable = new AtomicInteger();
    private final AtomicInteger breaks = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean denied;
    private volatile boolean slow;

    FaultyBucket() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/bucket", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    void put(String key, byte[] bytes) {
        objects.put(key, bytes);
    }

    /** The next answers are 503. */
    void unavailable(int answers) {
        unavailable.set(answers);
    }

    /** So many answers with an object break off in its middle. */
    void breaks(int answers) {
        breaks.set(answers);
    }

    /** From now on the credentials are wrong. */
    void deny() {
        denied = true;
    }

    /** From now on an object comes in pieces. */
    void slow() {
        slow = true;
    }

    int asked() {
        return asked.get();
    }

    String location() {
        return "s3://bucket/?endpoint=http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        try (exchange) {
            if (denied) {
                error(exchange, 403, "InvalidAccessKeyId");
            } else if (unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                error(exchange, 503, "SlowDown");
            } else if (exchange.getRequestURI().getPath().length() > "/bucket/".length()) {
                object(exchange, exchange.getRequestURI().getPath().substring("/bucket/".length()));
            } else {
                var contents = objects.entrySet().stream()
                        .map(one -> "<Contents><Key>" + one.getKey() + "</Key><Size>" + one.getValue().length
                                + "</Size></Contents>")
                        .collect(Collectors.joining());
                send(
                        exchange,
                        200,
                        "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>" + contents
                                + "</ListBucketResult>");
            }
        }
    }

    private void object(HttpExchange exchange, String key) throws IOException {
        var bytes = objects.get(key);
        var range = exchange.getRequestHeaders().getFirst("Range");
        if (range != null) {
            int from = Integer.parseInt(range.replaceAll("\\D", ""));
            bytes = Arrays.copyOfRange(bytes, from, bytes.length);
        }
        exchange.getResponseHeaders().set("ETag", "\"one\"");
        exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length);
        var out = exchange.getResponseBody();
        if (breaks.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            out.write(bytes, 0, bytes.length / 2);
            out.flush();
            return; // closed before its end
        }
        for (int at = 0; at < bytes.length; at += 1 << 12) {
            out.write(bytes, at, Math.min(1 << 12, bytes.length - at));
            if (slow) {
                out.flush();
                pause();
            }
        }
        out.close();
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void error(HttpExchange exchange, int status, String code) throws IOException {
        send(exchange, status, "<Error><Code>" + code + "</Code><Message>no</Message></Error>");
    }

    private static void send(HttpExchange exchange, int status, String xml) throws IOException {
        var bytes = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + xml).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
