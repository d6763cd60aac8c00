package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StackLockTest {
    @TempDir
    private Path data;

    @Test
    void saysWhereTheRunningStackIs() {
        try (var lock = StackLock.take(data)) {
            assertThat(StackLock.running(data)).isEmpty();
            lock.publish(stack());
            assertThat(StackLock.running(data)).contains(stack());
            assertThat(StackLock.holder(data)).contains(ProcessHandle.current());
            assertThatThrownBy(() -> StackLock.take(data))
                    .isInstanceOf(EnvironmentProblem.class)
                    .hasMessageContaining("already running (process 4711, broker 127.0.0.1:19092")
                    .hasMessageContaining("./unifluid down");
        }
        assertThat(StackLock.running(data)).isEmpty();
        assertThat(StackLock.holder(data)).isEmpty();
    }

    /** Looking at a lock must not drop it, which closing any channel of its file would do. */
    @Test
    void holdsAgainstOtherProcessesAfterItWasLookedAt() throws Exception {
        try (var lock = StackLock.take(data)) {
            lock.publish(stack());
            assertThat(StackLock.running(data)).isPresent();
            assertThat(StackLock.holder(data)).isPresent();
            assertThat(otherProcessSees()).isEqualTo("4711");
            assertThat(otherProcessSees()).isEqualTo("4711");
        }
        assertThat(otherProcessSees()).isEqualTo("nothing");
    }

    private String otherProcessSees() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), Looker.class.getName(), data.toString())
                .redirectErrorStream(true)
                .start();
        try (var output = process.inputReader()) {
            return output.readLine();
        }
    }

    /** Prints the process that the published stack names. */
    public static final class Looker {
        private Looker() {}

        public static void main(String[] arguments) {
            System.out.println(StackLock.running(Path.of(arguments[0]))
                    .map(stack -> Long.toString(stack.pid()))
                    .orElse("nothing"));
        }
    }

    @Test
    void takesNoNoticeOfWhatAKilledProcessLeftBehind() throws Exception {
        Files.createFile(data.resolve("stack.lock"));
        Files.writeString(data.resolve("stack.pid"), "4711");
        stack().write(data);
        assertThat(StackLock.running(data)).isEmpty();
        StackLock.take(data).close();
    }

    private static RunningStack stack() {
        Map<Component, Long> components = new EnumMap<>(Component.class);
        for (var component : Component.values()) {
            components.put(component, 100L + component.ordinal());
        }
        return new RunningStack(
                4711,
                Instant.parse("2026-01-01T00:00:00Z"),
                "127.0.0.1:19092",
                "http://127.0.0.1:18081/apis/ccompat/v7",
                data().toString(),
                "noop",
                components);
    }

    private static Path data() {
        return Path.of("blobs");
    }
}
