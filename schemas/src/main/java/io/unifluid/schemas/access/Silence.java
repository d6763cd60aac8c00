package io.unifluid.schemas.access;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLSocketFactory;

/**
 * What is behind an address from which Kafka does not answer. Kafka's clients only wait, also where one side speaks TLS
 * and the other does not.
 */
enum Silence {
    /** Nobody takes connections. */
    NOBODY,
    TLS,
    /** Somebody, but not over TLS. */
    PLAIN,
    /** Somebody who says nothing: stopped, or far too busy. */
    MUTE;

    private static final Duration CONNECT = Duration.ofSeconds(3);
    /** A plain port hangs up at the first word of TLS, so that only a busy machine or a stopped process needs it. */
    private static final Duration ANSWER = Duration.ofSeconds(15);

    /** @param brokers {@code host:port}, comma-separated; the first that takes a connection says it for all */
    static Silence at(String brokers) {
        return at(brokers, ANSWER);
    }

    /** @param answer how long one of them may take to say something */
    static Silence at(String brokers, Duration answer) {
        for (var broker : brokers.split(",")) {
            var found = look(broker.strip(), answer);
            if (found != NOBODY) {
                return found;
            }
        }
        return NOBODY;
    }

    private static Silence look(String broker, Duration answer) {
        int colon = broker.lastIndexOf(':');
        try (var socket = new Socket()) {
            var host = broker.substring(0, colon);
            int port = Integer.parseInt(broker.substring(colon + 1));
            socket.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
            socket.setSoTimeout((int) answer.toMillis());
            return spoken(socket, host, port);
        } catch (IOException | RuntimeException e) {
            return NOBODY;
        }
    }

    /** Who sends a certificate speaks TLS, whether it is trusted here or not; nothing is sent over this connection. */
    private static Silence spoken(Socket socket, String host, int port) {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (var tls = (javax.net.ssl.SSLSocket) factory.createSocket(socket, host, port, true)) {
            tls.startHandshake();
            return TLS;
        } catch (SocketTimeoutException e) {
            return MUTE;
        } catch (IOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateException) {
                    return TLS;
                }
            }
            return PLAIN;
        }
    }

    /**
     * The rest of a sentence.
     *
     * @param protocol Kafka's name of what this process speaks
     * @param setting where the operator chooses it
     */
    String reason(String protocol, String setting) {
        var tls = protocol.toUpperCase(Locale.ROOT).endsWith("SSL");
        var other = "check that it is well, and that " + setting + ", " + protocol + ", is what this port takes.";
        return switch (this) {
            case MUTE -> other;
            case NOBODY -> "nobody takes connections there; check the address, and that it runs.";
            case TLS ->
                tls ? other : "this port speaks TLS and this process does not; set " + setting + " to SASL_SSL or SSL.";
            case PLAIN ->
                tls
                        ? "this port does not speak TLS and this process does; give the port that does, or set "
                                + setting + " to SASL_PLAINTEXT or PLAINTEXT."
                        : other;
        };
    }
}
