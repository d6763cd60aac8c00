package io.unifluid.scheduling.reuse;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.reuse.Twins.After;
import io.unifluid.scheduling.reuse.Twins.Forsaken;
import io.unifluid.scheduling.reuse.Twins.Part;
import io.unifluid.scheduling.reuse.Twins.Twin;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TwinsTest {
    private static final String KEY = "caption|-|x";

    private final Twins twins = new Twins();

    private Part join(String id, int attempt) {
        return twins.join(KEY, new Twin(id, attempt), at(0));
    }

    private After ended(String id, int attempt, Ending ending) {
        return twins.ended(KEY, id, attempt, ending, at(1));
    }

    @Test
    void theFirstComputesAndTheOthersWait() {
        assertThat(List.of(join("a", 1), join("b", 1), join("c", 1), join("c", 1)))
                .containsExactly(Part.COMPUTES, Part.WAITS, Part.WAITS, Part.HELD);
        assertThat(twins.waiting()).isEqualTo(2);
        assertThat(twins.awaited(KEY)).contains(new Twin("a", 1));
    }

    @Test
    void anotherKeyIsAnotherMatter() {
        join("a", 1);
        assertThat(twins.join("caption|-|y", new Twin("b", 1), at(0))).isEqualTo(Part.COMPUTES);
    }

    @Test
    void successAndFailureForGoodAreForAllThatWait() {
        for (var ending : List.of(Ending.SUCCEEDED, Ending.FAILED_FOR_GOOD)) {
            join("a", 1);
            join("b", 1);
            join("c", 2);
            assertThat(ended("a", 1, ending)).isEqualTo(new After.Answer(List.of(new Twin("b", 1), new Twin("c", 2))));
            assertThat(twins.waiting()).isZero();
            assertThat(twins.awaited(KEY)).isEmpty();
        }
    }

    @Test
    void whenTheFirstIsGoneTheOneThatWaitedLongestComputes() {
        join("a", 1);
        join("b", 1);
        join("c", 1);
        assertThat(ended("a", 1, Ending.GONE)).isEqualTo(new After.Promote(new Twin("b", 1)));
        assertThat(join("a", 2)).isEqualTo(Part.WAITS);
        assertThat(ended("b", 1, Ending.SUCCEEDED))
                .isEqualTo(new After.Answer(List.of(new Twin("c", 1), new Twin("a", 2))));
    }

    @Test
    void oneThatIsHandedOutAgainAtOnceStillComputes() {
        join("a", 1);
        join("b", 1);
        assertThat(ended("a", 1, Ending.AGAIN)).isEqualTo(new After.Nothing());
        assertThat(join("a", 2)).isEqualTo(Part.COMPUTES);
        assertThat(ended("a", 1, Ending.GONE)).as("old news").isEqualTo(new After.Nothing());
        assertThat(ended("a", 2, Ending.SUCCEEDED)).isEqualTo(new After.Answer(List.of(new Twin("b", 1))));
    }

    @Test
    void oneThatWaitsMayLeave() {
        join("a", 1);
        join("b", 2);
        assertThat(ended("b", 1, Ending.GONE)).as("old news").isEqualTo(new After.Nothing());
        assertThat(ended("b", 2, Ending.GONE)).isEqualTo(new After.Left());
        assertThat(ended("b", 2, Ending.GONE)).isEqualTo(new After.Nothing());
        assertThat(twins.awaited(KEY)).isEmpty();
        assertThat(ended("a", 1, Ending.SUCCEEDED)).isEqualTo(new After.Nothing());
        assertThat(join("c", 1)).isEqualTo(Part.COMPUTES);
    }

    @Test
    void afterARestartWhoWaitedWaitsForTheSameOne() {
        twins.restore(KEY, new Twin("a", 3), at(0));
        assertThat(join("b", 1)).isEqualTo(Part.WAITS);
        assertThat(ended("a", 3, Ending.SUCCEEDED)).isEqualTo(new After.Answer(List.of(new Twin("b", 1))));
    }

    @Test
    void oneThatIsSilentForTooLongIsReplacedUnlessItIsStillQueued() {
        join("a", 1);
        join("b", 1);
        assertThat(twins.forsaken(at(-1), _ -> false, at(100))).isEmpty();
        assertThat(twins.forsaken(at(0), _ -> true, at(100))).isEmpty();
        assertThat(twins.forsaken(at(99), _ -> false, at(150)))
                .as("it was queued at 100")
                .isEmpty();
        assertThat(twins.forsaken(at(100), _ -> false, at(200)))
                .containsExactly(new Forsaken(KEY, Optional.of(new Twin("b", 1))));
        assertThat(twins.forsaken(at(200), _ -> false, at(300)))
                .as("nobody waits any more")
                .containsExactly(new Forsaken(KEY, Optional.empty()));
        assertThat(join("c", 1)).isEqualTo(Part.COMPUTES);
    }
}
