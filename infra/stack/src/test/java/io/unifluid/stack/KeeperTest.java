package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that are real processes, killed for real; one serves as soon as the file {@code serving} is there. */
final class KeeperTest {
    private static final String SERVES = "touch serving; while :; do sleep 0.1; done";

    @TempDir
    private Path folder;

    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> servesAgain = new LinkedBlockingQueue<>();
    private final AtomicInteger starts = new AtomicInteger();
    private Keeper keeper;

    private Keeper keeper(Map<Port, Integer> ports, List<Keeper> needed, String... scripts) {
        keeper = new Keeper(
                Component.WORKER,
                ports,
                needed,
                () -> {
                    folder.resolve("serving").toFile().delete();
                    var script = scripts[Math.min(starts.getAndIncrement(), scripts.length - 1)];
                    return ChildProcess.start(
                            Component.WORKER, folder.resolve("worker.log"), List.of("sh", "-c", script), Map.of());
                },
                child -> Readiness.await(
                        child, Duration.ofSeconds(30), () -> Files.exists(folder.resolve("serving")), line -> {}),
                news::add);
        return keeper;
    }

    private CompletableFuture<Void> kept() {
        return CompletableFuture.runAsync(
                () -> keeper.keep(() -> servesAgain.add(keeper.pid().orElseThrow())));
    }

    private long kill() {
        long pid = keeper.pid().orElseThrow();
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        return pid;
    }

    @AfterEach
    void stop() {
        keeper.stop(Duration.ofMillis(100));
    }

    @Test
    void startsAgainWhatWasKilledAsOftenAsItServedBetween() throws Exception {
        keeper(Map.of(), List.of(), SERVES).start();
        var kept = kept();
        for (int i = 0; i < 2 * Restarts.MOST; i++) {
            long killed = kill();
            assertThat(servesAgain.poll(5, TimeUnit.MINUTES)).isNotNull().isNotEqualTo(killed);
            assertThat(news.take())
                    .isEqualTo("The worker was killed by SIGKILL, by hand or by the system when memory ran out."
                            + " Starting it again.");
            assertThat(news.take()).startsWith("the worker serves again after ");
        }
        assertThat(kept).isNotDone();
    }

    @Test
    void givesUpOneThatEndsAgainAndAgainBeforeItServes() throws Exception {
        keeper(Map.of(), List.of(), SERVES, "echo 'worker: The bundle is broken.' >&2; exit 2")
                .start();
        var kept = kept();
        kill();
        assertThatThrownBy(() -> kept.get(5, TimeUnit.MINUTES))
                .cause()
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageStartingWith("The worker was started 5 times in a row and never served. The last time: The"
                        + " worker ended with exit code 2 (worker: The bundle is broken.): see ")
                .hasMessageContaining("worker.log");
        assertThat(starts).hasValue(1 + Restarts.MOST);
        assertThat(news).hasSize(Restarts.MOST);
    }

    @Test
    void oneThatEndsByItselfAtTheFirstStartIsNotStartedAgain() {
        keeper(Map.of(), List.of(), "echo 'worker: No such model.' >&2; exit 2");
        assertThatThrownBy(() -> keeper.start())
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("ended with exit code 2 (worker: No such model.)");
        assertThat(starts).hasValue(1);
    }

    @Test
    void oneThatIsKilledAtTheFirstStartIsStartedAgain() {
        keeper(Map.of(), List.of(), "kill -9 $$", SERVES).start();
        assertThat(starts).hasValue(2);
    }

    @Test
    void waitsForAPortThatSomebodyStillHolds() throws Exception {
        CompletableFuture<Void> start;
        try (var held = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            keeper(Map.of(Port.WORKER, held.getLocalPort()), List.of(), SERVES);
            start = CompletableFuture.runAsync(() -> keeper.start());
            Thread.sleep(300);
            assertThat(starts).hasValue(0);
        }
        start.get(5, TimeUnit.MINUTES);
    }

    @Test
    void whatIsStoppedStaysStopped() throws Exception {
        keeper(Map.of(), List.of(), SERVES).start();
        var kept = kept();
        keeper.stop(Duration.ofSeconds(5));
        kept.get(5, TimeUnit.MINUTES);
        assertThat(starts).hasValue(1);
        assertThat(news).isEmpty();
    }
}
