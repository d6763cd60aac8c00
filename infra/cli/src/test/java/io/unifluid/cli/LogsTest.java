package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The logs of all our processes: one record is one line, whatever its sender wrote into it. */
final class LogsTest {
    private static final String HOSTILE = "id\n12:00:00.000 INFO  forged\r\u001b[2J\u009b31m\u202egpj\u2028end\tnaïve";

    private static void log(String configuration) throws Exception {
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogsTest.class.getClassLoader().getResource(configuration));
        var log = context.getLogger("io.unifluid.Test");
        log.warn("request {}", HOSTILE);
        log.warn("failed", new IllegalStateException(HOSTILE, new IllegalArgumentException(HOSTILE)));
        context.stop();
    }

    private static void isHarmless(String written) {
        assertThat(written.chars().filter(c -> c != '\n' && c != '\t'))
                .noneMatch(c -> Character.getType(c) == Character.CONTROL
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.LINE_SEPARATOR);
        assertThat(written).contains("naïve");
        var lines = written.lines().toList();
        assertThat(lines.getFirst()).contains("request id\\n12:00:00.000 INFO  forged");
        assertThat(lines.get(1)).contains("failed");
        assertThat(lines.get(2)).startsWith("java.lang.IllegalStateException: id\\n12:00:00.000 INFO  forged");
        assertThat(lines.subList(3, lines.size()))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("\t") || line.startsWith("Caused by: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"logback.xml", "logback-worker.xml", "io/unifluid/stack/child-logback.xml"})
    void nothingFromARecordReachesTheStreamAsItIs(String configuration) throws Exception {
        var bytes = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        try (var captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            System.setErr(captured);
            log(configuration);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        isHarmless(bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void norTheCommandsOwnFile(@TempDir Path folder) throws Exception {
        var file = folder.resolve("command.log");
        System.setProperty("UNIFLUID_COMMAND_LOG", file.toString());
        try {
            log("io/unifluid/cli/command-logback.xml");
        } finally {
            System.clearProperty("UNIFLUID_COMMAND_LOG");
        }
        isHarmless(Files.readString(file));
    }
}
