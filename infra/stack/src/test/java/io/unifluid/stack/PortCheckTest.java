package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PortCheckTest {
    @Test
    void namesTheBusyPortItsSettingAndItsOwner() throws Exception {
        try (var busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var expected = assertThatThrownBy(() -> PortCheck.requireFree(Map.of(Port.KAFKA, busy.getLocalPort())))
                    .isInstanceOf(EnvironmentProblem.class)
                    .hasMessageContaining("Port " + busy.getLocalPort() + " (UNIFLUID_PORT_KAFKA) is in use by")
                    .hasMessageContaining("set UNIFLUID_PORT_KAFKA to a free port");
            if (Files.isReadable(Path.of("/proc/net/tcp"))) {
                expected.hasMessageContaining(
                        "process " + ProcessHandle.current().pid() + " (");
            }
        }
    }

    @Test
    void acceptsFreePorts() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        PortCheck.requireFree(Map.of(Port.KAFKA, port));
        assertThat(PortCheck.isFree(port)).isTrue();
    }

    @Test
    void refusesSettingsThatAreNoPorts() {
        var checkout = Path.of("");
        assertThatThrownBy(
                        () -> StackSettings.from(checkout, Map.of("UNIFLUID_PORT_REGISTRY", "70000"), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("UNIFLUID_PORT_REGISTRY is '70000'; give a port number from 1 to 65535.");
        assertThatThrownBy(() -> StackSettings.from(checkout, Map.of("UNIFLUID_PORT_KAFKA", "18081"), Optional.empty()))
                .hasMessageContaining("the same");
    }
}
