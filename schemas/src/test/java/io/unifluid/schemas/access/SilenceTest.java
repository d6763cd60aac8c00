package io.unifluid.schemas.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SilenceTest {
    private static final Duration SOON = Duration.ofMillis(200);

    /** Its connections are taken by the system, and nobody speaks: a busy process looks like this, or a stopped one. */
    @Test
    void whoSaysNothingIsNotSaidToSpeakWithoutTls() throws IOException {
        try (var mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var found = Silence.at("127.0.0.1:" + mute.getLocalPort(), SOON);
            assertThat(found).isEqualTo(Silence.MUTE);
            assertThat(found.reason("SASL_SSL", "kafka.security.protocol"))
                    .startsWith("check that it is well")
                    .doesNotContain("does not speak TLS");
        }
    }

    @Test
    void whoHangsUpDoesNotSpeakTls() throws Exception {
        try (var plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var hangsUp = Thread.ofPlatform().start(() -> {
                try {
                    plain.accept().close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(Silence.at("127.0.0.1:" + plain.getLocalPort(), Duration.ofSeconds(60)))
                    .isEqualTo(Silence.PLAIN);
            hangsUp.join();
        }
    }

    @Test
    void nobodyIsNobody() throws IOException {
        int port;
        try (var gone = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }
        assertThat(Silence.at("127.0.0.1:" + port, SOON)).isEqualTo(Silence.NOBODY);
    }
}
