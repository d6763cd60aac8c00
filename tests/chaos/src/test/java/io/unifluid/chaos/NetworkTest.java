package io.unifluid.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.testkit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NetworkTest {
    private static final long THIS_PROCESS = ProcessHandle.current().pid();
    private static final long ANOTHER = 1;

    private final Network network = new Network();
    private final int proxyPort = FreePorts.take(1)[0];
    private ServerSocket server;
    private Socket client;
    private Socket served;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        network.open(proxyPort, server.getLocalPort());
        client = new Socket(InetAddress.getLoopbackAddress(), proxyPort);
        served = server.accept();
        client.setSoTimeout(200);
        served.setSoTimeout(200);
    }

    @AfterEach
    void close() throws IOException {
        network.close();
        client.close();
        server.close();
    }

    @Test
    void whatAProcessSendsAndGetsWaitsWhileItIsCutOffAndArrivesAfterwards() throws IOException {
        network.cutOff(THIS_PROCESS, List.of());
        client.getOutputStream().write(7);
        served.getOutputStream().write(8);
        assertThatThrownBy(served.getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(client.getInputStream()::read).isInstanceOf(SocketTimeoutException.class);

        network.heal();
        client.setSoTimeout(20_000);
        served.setSoTimeout(20_000);
        assertThat(served.getInputStream().read()).isEqualTo(7);
        assertThat(client.getInputStream().read()).isEqualTo(8);
    }

    @Test
    void nobodyReachesAProcessThatIsCutOff() throws IOException {
        network.cutOff(ANOTHER, List.of(proxyPort));
        client.getOutputStream().write(7);
        assertThatThrownBy(served.getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void theOthersGoOn() throws IOException {
        network.cutOff(ANOTHER, List.of(proxyPort + 1));
        served.setSoTimeout(20_000);
        client.getOutputStream().write(7);
        assertThat(served.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void anEndIsPassedOn() throws IOException {
        client.close();
        served.setSoTimeout(20_000);
        assertThat(served.getInputStream().read()).isEqualTo(-1);
    }
}
