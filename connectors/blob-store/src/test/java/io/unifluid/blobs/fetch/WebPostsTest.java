package io.unifluid.blobs.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebPostsTest {
    private static final byte[] BODY = "{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 301, 410, 500})
    void saysWhatWasAnsweredAndFollowsNothing(int status) throws IOException {
        var came = new AtomicReference<String>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            came.set(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("x-one") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.getResponseHeaders().add("location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try (var posts = new WebPosts(true, Duration.ofSeconds(20))) {
            var address = posts.check("http://127.0.0.1:" + server.getAddress().getPort() + "/in?q=1");
            assertThat(posts.post(address, Map.of("x-one", "1"), BODY)).isEqualTo(status);
            assertThat(came.get()).isEqualTo("POST /in?q=1 1 {\"a\":\"ü\"}");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whoNeverAnswersIsNotWaitedForLonger() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var posts = new WebPosts(true, Duration.ofMillis(200))) {
            var address = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");
            assertThatThrownBy(() -> posts.post(address, Map.of(), BODY))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("did not answer within");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://[::1]/",
                "http://10.0.0.1/x",
                "http://169.254.169.254/latest",
                "http://[::ffff:192.168.0.1]/",
                "ftp://example.org/",
                "https://user@example.org/",
                "nothing"
            })
    void whereStrangersMayNotPostIsRefused(String url) {
        try (var posts = new WebPosts(false, Duration.ofSeconds(20))) {
            assertThatThrownBy(() -> posts.check(url)).isInstanceOf(FetchException.class);
        }
    }

    @Test
    void aNameThatHasMovedToAPrivateAddressIsRefusedAtTheNextPost() throws Exception {
        var found = new AtomicReference<>(InetAddress.ofLiteral("93.184.215.14"));
        try (var posts = new WebPosts(
                PublicAddresses::contains,
                Duration.ofSeconds(20),
                _ -> new InetAddress[] {found.get()},
                (SSLSocketFactory) SSLSocketFactory.getDefault())) {
            var address = posts.check("http://any.test/");
            found.set(InetAddress.getLoopbackAddress());
            assertThatThrownBy(() -> posts.post(address, Map.of(), BODY))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("not on the public internet");
        }
    }
}
