package io.unifluid.streams.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.task.RunningModel;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.WorkerAnnouncement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunningWorkersTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final RunningWorkers workers = new RunningWorkers();

    private static Instant at(int seconds) {
        return NOON.plusSeconds(seconds);
    }

    private static WorkerAnnouncement said(String worker, String version, Instant at) {
        return WorkerAnnouncement.newBuilder()
                .setWorker(worker)
                .setModel(new ModelInfo("unifluid", "reference", version, "cpu"))
                .setTasks(List.of("caption"))
                .setAt(at)
                .setValidForMillis(30_000)
                .build();
    }

    private List<String> running(Instant now) {
        return workers.models(now).models().stream()
                .map(RunningModel::identity)
                .sorted()
                .toList();
    }

    @Test
    void countsFromItsWordUntilItIsSilentForTooLong() {
        assertThat(running(at(0))).isEmpty();
        workers.heard(said("a", "1", at(0)), at(0));
        assertThat(running(at(29))).containsExactly("unifluid/reference@1");
        assertThat(running(at(30))).isEmpty();
        workers.heard(said("a", "1", at(40)), at(40));
        assertThat(running(at(69))).hasSize(1);
    }

    @Test
    void isGoneWhenItSaysSo() {
        workers.heard(said("a", "1", at(0)), at(0));
        workers.heard(said("b", "2", at(0)), at(0));
        assertThat(running(at(1))).hasSize(2);
        workers.gone("a", at(1));
        assertThat(running(at(1))).containsExactly("unifluid/reference@2");
        assertThat(workers.count(at(1))).isEqualTo(1);
    }

    @Test
    void aNewModelTakesThePlaceOfTheOneThatTheWorkerRanBefore() {
        workers.heard(said("a", "1", at(0)), at(0));
        workers.heard(said("a", "2", at(9)), at(9));
        assertThat(running(at(10))).containsExactly("unifluid/reference@2");
    }

    @Test
    void twoWorkersWithOneModelAreOneModel() {
        workers.heard(said("a", "1", at(0)), at(0));
        workers.heard(said("b", "1", at(0)), at(0));
        assertThat(running(at(1))).hasSize(1);
        assertThat(workers.count(at(1))).isEqualTo(2);
    }

    @Test
    void whatLayInTheTopicIsAsOldAsItSaysHoweverOftenItWasSaid() {
        for (int beat = 0; beat < 20; beat++) {
            workers.heard(said("dead", "1", at(5 * beat)), at(3_600));
        }
        assertThat(running(at(3_600))).isEmpty();
        workers.heard(said("alive", "2", at(3_595)), at(3_600));
        assertThat(running(at(3_600))).containsExactly("unifluid/reference@2");
    }

    @Test
    void aWorkersClockMayBeWrong() {
        for (var wrong : List.of(Duration.ofHours(-2), Duration.ofHours(2))) {
            for (int beat = 0; beat < 4; beat++) {
                workers.heard(said("a" + wrong, "1", at(5 * beat).plus(wrong)), at(5 * beat));
            }
            assertThat(running(at(20))).as("%s", wrong).hasSize(1);
            assertThat(running(at(46))).as("%s, silent", wrong).isEmpty();
        }
    }
}
