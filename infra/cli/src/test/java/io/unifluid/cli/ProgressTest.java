package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesALineEveryTenthIntoAPipe() {
        try (var progress = new Progress(new Screen(out, out, false), 200)) {
            for (int i = 0; i < 200; i++) {
                progress.step(i < 3 ? 0 : 1);
            }
        }
        assertThat(written().lines()).hasSize(10);
        assertThat(written().lines().toList().getLast()).contains("200 of 200").contains("1 failed");
        assertThat(written()).doesNotContain("\r");
    }

    @Test
    void endsAFullBarOnATerminal() {
        try (var progress = new Progress(new Screen(out, out, true), 3)) {
            progress.step(0);
            progress.step(0);
            progress.step(0);
        }
        assertThat(written()).contains("[" + "#".repeat(30) + "] 3 of 3").endsWith(System.lineSeparator());
    }

    @Test
    void theBarStandsBelowEachLineAndIsThereFromTheBeginning() {
        var screen = new Screen(out, out, true);
        try (var progress = new Progress(screen, 3)) {
            assertThat(written()).contains("] 0 of 3");
            progress.step(0);
            screen.result("a.png");
            assertThat(written().substring(written().lastIndexOf("a.png"))).contains("] 1 of 3");
        }
    }
}
