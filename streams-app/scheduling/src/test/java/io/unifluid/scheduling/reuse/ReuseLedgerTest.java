package io.unifluid.scheduling.reuse;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.admission.RunningModels;
import io.unifluid.scheduling.reuse.ReuseLedger.Leaving;
import io.unifluid.scheduling.task.RunningModel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReuseLedgerTest {
    private static final RunningModels RUNNING = running("m@1");

    private final ReuseLedger ledger =
            new ReuseLedger(new ReuseSettings(true, Duration.ofMillis(100), 1_000, 400, true, ""));

    @Test
    void keepsAnAnswerUntilItsRetentionIsOver() {
        ledger.keep("caption|-|a", 10, "m@1", at(0));
        assertThat(ledger.has("caption|-|a", RUNNING, at(99))).isTrue();
        assertThat(ledger.has("caption|-|a", RUNNING, at(100))).isFalse();
        assertThat(ledger.leaving(RUNNING, at(99), 10)).isEmpty();
        assertThat(ledger.leaving(RUNNING, at(100), 10)).isEqualTo(Map.of("caption|-|a", Leaving.AGE));
        assertThat(ledger.bytes()).isZero();
    }

    @Test
    void makesRoomByLettingTheOldestGo() {
        ledger.keep("caption|-|a", 400, "m@1", at(0));
        ledger.keep("caption|-|b", 400, "m@1", at(1));
        assertThat(ledger.keep("caption|-|c", 400, "m@1", at(2))).isEqualTo(Map.of("caption|-|a", Leaving.SIZE));
        assertThat(ledger.has("caption|-|a", RUNNING, at(2))).isFalse();
        assertThat(ledger.has("caption|-|b", RUNNING, at(2))).isTrue();
        assertThat(ledger.bytes()).isEqualTo(800);
        assertThat(ledger.size()).isEqualTo(2);
    }

    @Test
    void anAnswerInPlaceOfAnotherTakesItsRoom() {
        ledger.keep("caption|-|a", 400, "m@1", at(0));
        ledger.keep("caption|-|a", 300, "m@1", at(50));
        assertThat(ledger.bytes()).isEqualTo(300);
        assertThat(ledger.has("caption|-|a", RUNNING, at(120))).isTrue();
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThat(ledger.takes(400)).isTrue();
        assertThat(ledger.takes(401)).isFalse();
    }

    @Test
    void givesOnlyAnswersOfModelsThatRunNow() {
        var upgraded = running("m@2");
        ledger.keep("caption|-|a", 10, "m@1", at(0));
        assertThat(ledger.has("caption|-|a", upgraded, at(1))).isFalse();
        assertThat(ledger.has("caption|-|a", RunningModels.NONE, at(1))).isFalse();
        assertThat(ledger.has("caption|-|a", running("m@2", "m@1"), at(1)))
                .as("while both run")
                .isTrue();
        assertThat(ledger.leaving(upgraded, at(100), 1)).isEqualTo(Map.of("caption|-|a", Leaving.MODEL));
    }

    private static RunningModels running(String... identities) {
        return new RunningModels(Stream.of(identities)
                .map(identity -> new RunningModel(identity, Set.of("m"), Set.of("caption")))
                .toList());
    }
}
