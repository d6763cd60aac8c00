package io.unifluid.blobs.fetch;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One GET or POST over HTTP/1.1 (RFC 9112), one connection each, to an address that the caller has already checked; follows no
 * redirect, uses no proxy, sends no cookie or credential. A guard closes the socket when the deadline passes, so that a
 * server which drips bytes cannot hold a thread longer.
 */
final class HttpGet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpGet.class);
    private static final int LONGEST_HEADER = 64 * 1024;
    private static final int LONGEST_CONNECT_MILLIS = 5_000;

    sealed interface Answer {}

    record Bytes(byte[] bytes) implements Answer {}

    record Moved(String target) implements Answer {}

    record TooLarge() implements Answer {}

    /** Neither the picture nor a redirect to it. */
    record Refused(int status) implements Answer {}

    private record Head(int status, Map<String, String> fields) {}

    private final SSLSocketFactory tls;
    private final ScheduledThreadPoolExecutor guard;

    /** @param tls decides whose certificates are trusted; the host name is checked in any case */
    HttpGet(SSLSocketFactory tls) {
        this.tls = tls;
        guard = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("picture-deadlines").factory());
        guard.setRemoveOnCancelPolicy(true);
    }

    /** What is made of an answer. */
    private interface Reading<T> {
        T read(InputStream in) throws IOException;
    }

    Answer get(URI uri, InetAddress[] addresses, long maxBytes, Deadline deadline) throws IOException {
        return exchange(uri, addresses, request(uri), deadline, in -> answer(in, (int) maxBytes));
    }

    /** @return the status; what follows it is not read */
    int post(URI uri, InetAddress[] addresses, Map<String, String> fields, byte[] body, Deadline deadline)
            throws IOException {
        var request = new ByteArrayOutputStream();
        request.writeBytes(begun("POST", uri).getBytes(StandardCharsets.US_ASCII));
        fields.forEach((name, value) ->
                request.writeBytes((name + ": " + value + "\r\n").getBytes(StandardCharsets.US_ASCII)));
        request.writeBytes(("Content-Length: " + body.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        return exchange(uri, addresses, request.toByteArray(), deadline, HttpGet::status);
    }

    private <T> T exchange(URI uri, InetAddress[] addresses, byte[] request, Deadline deadline, Reading<T> reading)
            throws IOException {
        boolean secure = uri.getScheme().equalsIgnoreCase("https");
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        try (Socket raw = connect(addresses, port, deadline)) {
            Future<?> alarm = alarm(raw, deadline);
            try (Socket socket = secure ? encrypted(raw, uri.getHost(), port) : raw) {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
                return reading.read(new BufferedInputStream(socket.getInputStream()));
            } finally {
                alarm.cancel(false);
            }
        }
    }

    @Override
    public void close() {
        guard.shutdownNow();
    }

    private Future<?> alarm(Socket socket, Deadline deadline) throws IOException {
        try {
            return guard.schedule(() -> closeNow(socket), deadline.remainingMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            throw new IOException("the fetcher has been closed", e);
        }
    }

    /** The first address that accepts. */
    private static Socket connect(InetAddress[] addresses, int port, Deadline deadline) throws IOException {
        IOException last = new IOException("the host has no address");
        for (InetAddress address : addresses) {
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                int limit = Math.min(LONGEST_CONNECT_MILLIS, deadline.remainingMillis());
                socket.connect(new InetSocketAddress(address, port), limit);
                socket.setSoTimeout(deadline.remainingMillis());
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last;
    }

    private Socket encrypted(Socket raw, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(raw, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void closeNow(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.warn("A socket whose time had passed could not be closed.", e);
        }
    }

    private static int status(InputStream in) throws IOException {
        return last(in).status();
    }

    /** Behind those that only say that more will come. */
    private static Head last(InputStream in) throws IOException {
        Head head = head(in);
        while (head.status() >= 100 && head.status() < 200) {
            head = head(in);
        }
        return head;
    }

    private static byte[] request(URI uri) {
        return (begun("GET", uri)
                        + "Accept: image/*, */*;q=0.5\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String begun(String method, URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return method + " " + path + query + " HTTP/1.1\r\nHost: " + uri.getHost() + port
                + "\r\nUser-Agent: unifluid-streams\r\n";
    }

    private static Answer answer(InputStream in, int maxBytes) throws IOException {
        Head head = last(in);
        String target = head.fields().get("location");
        return switch (head.status()) {
            case 200 -> body(head, in, maxBytes);
            case 301, 302, 303, 307, 308 -> target == null ? new Refused(head.status()) : new Moved(target);
            default -> new Refused(head.status());
        };
    }

    private static Answer body(Head head, InputStream in, int maxBytes) throws IOException {
        String encoding = head.fields().getOrDefault("content-encoding", "identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw new ProtocolException("the server compressed the answer although asked not to: " + encoding);
        }
        String transfer = head.fields().get("transfer-encoding");
        String length = head.fields().get("content-length");
        if (transfer != null) {
            if (!transfer.equalsIgnoreCase("chunked")) {
                throw new ProtocolException("the server used the unknown transfer encoding " + transfer);
            }
            return bounded(new ChunkedBody(in), maxBytes);
        }
        if (length == null) {
            return bounded(in, maxBytes);
        }
        long announced = number(length, 10);
        if (announced > maxBytes) {
            return new TooLarge();
        }
        byte[] bytes = in.readNBytes((int) announced);
        if (bytes.length < announced) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + announced + " bytes");
        }
        return new Bytes(bytes);
    }

    private static Answer bounded(InputStream in, int maxBytes) throws IOException {
        byte[] bytes = in.readNBytes(maxBytes + 1);
        return bytes.length > maxBytes ? new TooLarge() : new Bytes(bytes);
    }

    private static Head head(InputStream in) throws IOException {
        String status = line(in, LONGEST_HEADER);
        if (!status.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?")) {
            throw new ProtocolException("the server does not speak HTTP/1.1");
        }
        Map<String, String> fields = new HashMap<>();
        int left = LONGEST_HEADER - status.length();
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            left -= line.length() + 2;
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("the server sent a malformed header");
            }
            fields.putIfAbsent(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Head(Integer.parseInt(status.substring(9, 12)), fields);
    }

    static String line(InputStream in, int longest) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended inside the header");
            }
            if (line.length() >= longest) {
                throw new ProtocolException("the server sent an endless header");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    static long number(String digits, int radix) throws ProtocolException {
        try {
            if (!digits.isEmpty() && Character.digit(digits.charAt(0), radix) >= 0) {
                return Long.parseLong(digits, radix);
            }
        } catch (NumberFormatException e) {
            throw (ProtocolException) new ProtocolException("the server sent a malformed length").initCause(e);
        }
        throw new ProtocolException("the server sent a malformed length");
    }
}
