package io.unifluid.worker.sharegroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.WorkItem;
import io.unifluid.worker.pipeline.Batches;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RedeliveryTest {
    private static final WorkItem A = Batches.draw("a");
    private static final WorkItem B = Batches.draw("b");
    private static final List<WorkItem> BOTH = List.of(A, B);

    private static Optional<Redelivery.Traces> traces(Set<String> started, Set<String> finished) {
        return Optional.of(new Redelivery.Traces(started, finished));
    }

    @Test
    void runsAFirstDelivery() {
        assertThat(Redelivery.decide(BOTH, 1, Optional.empty())).isEqualTo(new Redelivery(BOTH, List.of(), List.of()));
    }

    @Test
    void runsABatchThatOnlyWaitedUntilTheFourthDelivery() {
        assertThat(Redelivery.decide(BOTH, 3, traces(Set.of(), Set.of())))
                .isEqualTo(new Redelivery(BOTH, List.of(), List.of()));
        assertThat(Redelivery.decide(BOTH, 4, traces(Set.of(), Set.of())))
                .isEqualTo(new Redelivery(List.of(), BOTH, List.of()));
    }

    @Test
    void reportsABatchThatWasOnTheDevice() {
        assertThat(Redelivery.decide(BOTH, 2, traces(Set.of("a", "b"), Set.of())))
                .isEqualTo(new Redelivery(List.of(), BOTH, List.of()));
    }

    @Test
    void reportsABatchOfWhichNothingIsKnown() {
        assertThat(Redelivery.decide(BOTH, 2, Optional.empty())).isEqualTo(new Redelivery(List.of(), BOTH, List.of()));
    }

    @Test
    void leavesItemsThatWereReportedAlone() {
        assertThat(Redelivery.decide(BOTH, 2, traces(Set.of("a", "b"), Set.of("a", "b"))))
                .isEqualTo(new Redelivery(List.of(), List.of(), BOTH));
        assertThat(Redelivery.decide(BOTH, 2, traces(Set.of("a", "b"), Set.of("a"))))
                .isEqualTo(new Redelivery(List.of(), List.of(B), List.of(A)));
    }
}
