package io.unifluid.scheduling.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Task;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdmissionLimitsTest {
    private final CostModel costs = CostModel.defaults();
    private final AdmissionLimits limits = AdmissionLimits.defaults();

    private static Task vqa(int questions, int choices) {
        var all = IntStream.range(0, choices).mapToObj(i -> "choice " + i).toList();
        return new Task.Vqa(Collections.nCopies(questions, new Task.Question("What is in the picture?", all)));
    }

    private Optional<Rejection> check(Task task) {
        return limits.check(task, costs.cost(task));
    }

    @Test
    void oneRequestDoesNotHoldTheDeviceForLong() {
        assertThat(check(vqa(64, 256))).map(Rejection::kind).contains(RejectKind.TOO_EXPENSIVE);
        assertThat(check(vqa(64, 256)).orElseThrow().message())
                .matches("The request would keep the device busy for about \\d+\\.\\d s, for 64 questions with 16384"
                        + " choices; the limit for one request is 5\\.0 s: ask fewer questions at once, or give fewer or"
                        + " shorter choices\\.");
        assertThat(check(new Task.Generate("a cat", 16, 1_024, 512, OptionalDouble.empty(), 256))
                        .orElseThrow()
                        .message())
                .contains(
                        "for 16 pictures of 1024x512 pixels in 256 steps",
                        "ask for fewer or smaller pictures at once, or for fewer steps");
    }

    @Test
    void whatPeopleAskForPasses() {
        for (var task : List.of(
                vqa(64, 2),
                vqa(64, 0),
                vqa(1, 256),
                vqa(8, 64),
                new Task.Generate("a cat", 8, 0, 0, OptionalDouble.of(3), 50),
                new Task.Generate("a cat", 1, 512, 512, OptionalDouble.of(3), 8),
                new Task.Edit("make it red", OptionalDouble.empty(), 50),
                new Task.Caption(256, Optional.of("h".repeat(1_000))))) {
            assertThat(check(task)).as("%s", task.name()).isEmpty();
        }
    }

    @Test
    void theOperatorSetsTheLimit() {
        var strict = new AdmissionLimits(OptionalInt.empty(), 100);
        assertThat(strict.check(vqa(1, 2), 100)).isEmpty();
        assertThat(strict.check(vqa(1, 2), 100.1)).isPresent();
    }
}
