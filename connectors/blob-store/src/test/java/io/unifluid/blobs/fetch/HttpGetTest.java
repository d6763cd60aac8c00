package io.unifluid.blobs.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a server that says exactly what a test lays into its mouth; {@code |} stands for a line end. */
final class HttpGetTest {
    private static HttpGet.Answer get(String said) throws IOException {
        byte[] answer = said.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpGet http = new HttpGet((SSLSocketFactory) SSLSocketFactory.getDefault())) {
            Thread.ofVirtual().start(() -> serve(server, answer));
            return http.get(
                    URI.create("http://any.test:" + server.getLocalPort() + "/x"),
                    new InetAddress[] {server.getInetAddress()},
                    10,
                    Deadline.in(Duration.ofSeconds(20)));
        }
    }

    private static void serve(ServerSocket server, byte[] answer) {
        try (Socket socket = server.accept()) {
            for (String line = ""; !line.endsWith("\r\n\r\n"); ) {
                line += (char) socket.getInputStream().read();
            }
            socket.getOutputStream().write(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '\0',
            value = {
                "HTTP/1.1 200 OK|Content-Length: 5||hello",
                "HTTP/1.1 200|content-length:5||helloEXCESS",
                "HTTP/1.0 200 OK||hello",
                "HTTP/1.1 100 Continue||HTTP/1.1 103 Early Hints|Link: x||HTTP/1.1 200 OK|Content-Length: 5||hello",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|0||",
                "HTTP/1.1 200 OK|Transfer-Encoding: CHUNKED|Content-Length: 3||3;a=b|hel|2|lo|0|Trailer: x||"
            })
    void readsEveryFramingOfABody(String said) throws IOException {
        assertThat(get(said))
                .isInstanceOfSatisfying(
                        HttpGet.Bytes.class,
                        answer -> assertThat(answer.bytes())
                                .asString(StandardCharsets.US_ASCII)
                                .isEqualTo("hello"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "HTTP/1.1 200 OK|Content-Length: 5||hell ~ the connection ended after 4 of 5 bytes",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hel ~ the connection ended inside the picture",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||x|hello|0|| ~ the server sent a malformed length",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||-5|hello|0|| ~ the server sent a malformed length",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|hello|0|| ~ the server sent a malformed chunk",
                "HTTP/1.1 200 OK|Content-Length: -1||hello ~ the server sent a malformed length",
                "HTTP/1.1 200 OK|Content-Length: 99999999999999999999||hello ~ the server sent a malformed length",
                "HTTP/1.1 200 OK|Transfer-Encoding: gzip||hello ~ unknown transfer encoding gzip",
                "HTTP/1.1 200 OK|Content-Encoding: gzip||hello ~ compressed the answer although asked not to: gzip",
                "HTTP/1.1 200 OK|no colon||hello ~ the server sent a malformed header",
                "HTTP/1.1 200 OK|Content-Length: 5 ~ the connection ended inside the header",
                "SSH-2.0-OpenSSH_9.6| ~ the server does not speak HTTP/1.1"
            })
    void noticesBrokenAnswers(String said, String reason) {
        assertThatThrownBy(() -> get(said)).isInstanceOf(IOException.class).hasMessageContaining(reason);
    }

    @Test
    void noticesEndlessHeaders() {
        assertThatThrownBy(() -> get("HTTP/1.1 200 OK|X: " + "x".repeat(70_000)))
                .hasMessage("the server sent an endless header");
        assertThatThrownBy(() -> get("HTTP/1.1 200 OK|" + "X: yyyyyyyyyyyyyyyyyyyy|".repeat(4000)))
                .hasMessage("the server sent an endless header");
    }
}
