package io.unifluid.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One of the project's main classes in a process of its own, as an operator starts it; all that it says is kept. */
public final class AppProcess implements AutoCloseable {
    private final Process process;
    private final Path output;

    private AppProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * @param output where all that it says goes, Kafka's own INFO included
     * @param environment beside this process's own
     */
    public static AppProcess start(Path output, String mainClass, Map<String, String> environment, String... arguments)
            throws IOException {
        var logging = Files.writeString(output.resolveSibling(output.getFileName() + ".xml"), """
                <configuration>
                  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%level %logger %msg%n</pattern></encoder>
                  </appender>
                  <logger name="io.unifluid" level="debug"/>
                  <logger name="io.confluent" level="debug"/>
                  <root level="info"><appender-ref ref="out"/></root>
                </configuration>
                """);
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                mainClass));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new AppProcess(builder.start(), output);
    }

    public void awaitLine(String line, Duration atMost) {
        Await.until("'" + line + "' from\n" + said(), atMost, () -> {
            if (said().contains(line)) {
                return true;
            }
            if (!process.isAlive()) {
                throw new AssertionError("It ended with " + process.exitValue() + ":\n" + said());
            }
            return false;
        });
    }

    /** Its exit code. */
    public int awaitEnd(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("It did not end within " + atMost + ":\n" + said());
        }
        return process.exitValue();
    }

    public String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return "(nothing: " + e.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
