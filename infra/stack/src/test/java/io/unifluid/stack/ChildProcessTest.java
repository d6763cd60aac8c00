package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that are real processes. */
final class ChildProcessTest {
    @TempDir
    private Path folder;

    private ChildProcess shell(String script) {
        return ChildProcess.start(
                Component.WORKER, folder.resolve("worker.log"), List.of("sh", "-c", script), Map.of());
    }

    @Test
    void tellsWhyAChildEnded() {
        var child = shell("echo 'ERROR the bundle is broken: model.onnx'; echo 'bye'; exit 4");
        assertThatThrownBy(() -> Readiness.await(child, Duration.ofSeconds(20), () -> false, line -> {}))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("The worker ended with exit code 4")
                .hasMessageContaining("the bundle is broken: model.onnx")
                .hasMessageContaining("worker.log");
    }

    @Test
    void whatAChildCreatesIsItsOwnersAloneAndItsLogToo() throws Exception {
        var child = shell("touch file; mkdir folder");
        child.onEnd().get();
        for (var created : List.of("file", "folder", "worker.log")) {
            assertThat(Files.getPosixFilePermissions(folder.resolve(created)))
                    .as(created)
                    .allMatch(permission -> permission.name().startsWith("OWNER_"));
        }
    }

    @Test
    void doesNotBlameTheLogForWhatAStrangerDid() throws Exception {
        var child = shell("echo 'ERROR of an hour ago'; sleep 600");
        while (!Files.readString(folder.resolve("worker.log")).contains("hour")) {
            child.requireAlive();
            Thread.sleep(20);
        }
        ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
        child.onEnd().get();
        assertThatThrownBy(child::requireAlive)
                .hasMessage("The worker was killed by SIGKILL, by hand or by the system when memory ran out: see "
                        + folder.resolve("worker.log") + ".");
    }

    /** Of a data folder whose owner was killed: its children take a moment to notice, and hold ports meanwhile. */
    @Test
    void anEarlierStacksProcessesAreWaitedFor() throws Exception {
        var command = new JavaCommand(
                "worker",
                List.of(
                        Path.of("target/classes").toAbsolutePath(),
                        Path.of("target/test-classes").toAbsolutePath()),
                Sleeper.class.getName(),
                "64m");
        var earlier = new ProcessBuilder(command.line(folder)).start();
        try (var output = earlier.inputReader()) {
            assertThat(output.readLine()).isEqualTo("sleeping");
            var news = new LinkedBlockingQueue<String>();
            var waiting = CompletableFuture.runAsync(() -> Earlier.awaitEnd(folder, news::add));
            assertThat(news.take())
                    .isEqualTo("waiting for 1 process of an earlier stack to end (" + earlier.pid() + ")");
            assertThat(waiting).isNotDone();
            earlier.getOutputStream().close(); // what the system does for a parent that is killed
            waiting.get(5, TimeUnit.MINUTES);
            assertThat(earlier.isAlive()).isFalse();
        } finally {
            earlier.destroyForcibly();
        }
    }

    @Test
    void stopsAChildThatDoesNotWantTo() {
        var child = shell("trap '' TERM; while :; do sleep 0.1; done");
        child.stop(Duration.ofMillis(300));
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void aFullDiskTakesNothingUntilItIsFreed() throws Exception {
        var child = shell("trap '' XFSZ; for go in first second; do until [ -e $go ]; do sleep 0.1; done;"
                + " echo text > $go.out; touch $go.done; done");
        child.fillDisk();
        Files.createFile(folder.resolve("first"));
        await(folder.resolve("first.done"), child);
        assertThat(folder.resolve("first.out")).isEmptyFile();

        child.freeDisk();
        Files.createFile(folder.resolve("second"));
        await(folder.resolve("second.done"), child);
        assertThat(folder.resolve("second.out")).hasContent("text");
    }

    private static void await(Path file, ChildProcess child) throws InterruptedException {
        while (!Files.exists(file)) {
            child.requireAlive();
            Thread.sleep(20);
        }
    }

    @Test
    void endsWithTheProcessThatStartedIt() throws Exception {
        var command = new JavaCommand(
                "sleeper",
                List.of(
                        Path.of("target/classes").toAbsolutePath(),
                        Path.of("target/test-classes").toAbsolutePath()),
                Sleeper.class.getName(),
                "64m");
        var child = new ProcessBuilder(command.line(folder))
                .redirectErrorStream(true)
                .start();
        try (var output = child.inputReader()) {
            assertThat(output.readLine()).isEqualTo("sleeping");
            assertThat(child.isAlive()).isTrue();
            child.getOutputStream().close(); // what the system does for a parent that is killed
            assertThat(child.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    /** ONNX Runtime unpacks its libraries at every start, up to 600 MB, and a killed process cannot tidy up. */
    @Test
    void whatAKilledProcessLeftBehindIsRemovedAtItsNextStart() throws Exception {
        var command = new JavaCommand("leaver", List.of(Path.of("target/classes")), Sleeper.class.getName(), "64m");
        command.line(folder);
        var left = Files.createDirectories(folder.resolve("leaver.temporary/onnxruntime-java1"));
        Files.createFile(left.resolve("libonnxruntime.so"));
        command.line(folder);
        assertThat(folder.resolve("leaver.temporary")).isEmptyDirectory();
        assertThat(Files.readString(folder.resolve("leaver.arguments")))
                .contains("-Djava.io.tmpdir=" + folder.resolve("leaver.temporary"));
    }

    /** A server that never ends by itself. */
    public static final class Sleeper {
        private Sleeper() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println("sleeping");
            Thread.sleep(Duration.ofMinutes(10));
        }
    }
}
