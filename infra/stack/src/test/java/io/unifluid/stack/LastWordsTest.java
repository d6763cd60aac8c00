package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LastWordsTest {
    private static final LocalTime END = LocalTime.parse("12:00:10");

    @Test
    void choosesTheErrorsShortlyBeforeTheEnd() {
        assertThat(LastWords.choose(
                        List.of(
                                "11:59:00.000 ERROR an old story",
                                "java.io.IOException: of that story",
                                "12:00:05.120 INFO  all is well",
                                "12:00:09.500 ERROR the disk is full",
                                "java.io.IOException: No space left on device",
                                "\tat java.base/java.io.FileOutputStream.write",
                                "12:00:09.900 INFO  bye"),
                        END))
                .containsExactly("12:00:09.500 ERROR the disk is full", "java.io.IOException: No space left on device");
    }

    @Test
    void takesTheLastLineWhereNoneTellsOfAnError() {
        assertThat(LastWords.choose(List.of("12:00:09.000 INFO  one", "12:00:09.500 INFO  two"), END))
                .containsExactly("12:00:09.500 INFO  two");
    }

    @Test
    void hearsNothingOfTheCacheThatIsWrittenAtTheEnd() {
        assertThat(LastWords.choose(
                        List.of(
                                "11:59:40.000 ERROR a disk is full",
                                "worker: The bundle is broken.",
                                "Temporary AOTConfiguration recorded: /cache/worker.aot.config",
                                "Picked up JAVA_TOOL_OPTIONS: -Dan.ERROR=no",
                                "Removed temporary AOT configuration file /cache/worker.aot.config"),
                        END))
                .containsExactly("11:59:40.000 ERROR a disk is full", "worker: The bundle is broken.");
    }

    @Test
    void saysNothingWhereTheLogWasSilent() {
        assertThat(LastWords.choose(List.of("10:00:00.000 ERROR two hours ago", "with its cause"), END))
                .isEmpty();
        assertThat(LastWords.choose(List.of(), END)).isEmpty();
    }

    @Test
    void readsTheRegistrysTimesAndReachesOverMidnight() {
        assertThat(LastWords.choose(
                        List.of("2026-01-01 23:59:58,123 ERROR [io.quarkus] port in use"), LocalTime.parse("00:00:01")))
                .containsExactly("2026-01-01 23:59:58,123 ERROR [io.quarkus] port in use");
    }

    @Test
    void lendsTheTerminalToNobody() {
        assertThat(LastWords.choose(List.of("ERROR \u001b[2Jgone " + "x".repeat(500)), END))
                .allSatisfy(line -> assertThat(line)
                        .startsWith("ERROR  [2Jgone")
                        .doesNotContain("\u001b")
                        .hasSizeLessThan(310));
    }

    @Test
    void readsOnlyTheLastRun(@TempDir Path folder) throws Exception {
        var log = folder.resolve("worker.log");
        var earlier = "ERROR of the run before\n";
        Files.writeString(log, earlier + "worker: The bundle is broken.\n");
        assertThat(LastWords.of(log, earlier.length(), END)).containsExactly("worker: The bundle is broken.");
    }
}
