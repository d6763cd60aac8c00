package io.unifluid.scheduling.batching;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static io.unifluid.scheduling.task.RequestsInTests.candidate;
import static io.unifluid.scheduling.task.RequestsInTests.profile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FairShareTest {
    private static final BatchPolicy POLICY =
            new BatchPolicy(new BatchSettings(4, 1_000, 10_000, Duration.ofMillis(50), Duration.ofMillis(100)));

    private final FairShare fair = new FairShare(POLICY, Map.of());
    private final Map<String, List<Candidate>> waiting = new TreeMap<>();

    private void wait(String tenant, int count, double cost) {
        IntStream.range(0, count)
                .forEach(i -> waitFor(tenant, candidate(profile(tenant + i, tenant, cost, 100, Optional.empty()), i)));
    }

    private void waitFor(String tenant, Candidate candidate) {
        waiting.computeIfAbsent(tenant, _ -> new ArrayList<>()).add(candidate);
    }

    /** Takes batches until so many have left or nothing waits. */
    private List<List<String>> batches(FairShare share, int most) {
        List<List<String>> left = new ArrayList<>();
        FairShareState state = FairShareState.initial();
        while (left.size() < most && waiting.values().stream().anyMatch(queue -> !queue.isEmpty())) {
            FairShare.Pick pick = share.pick(waiting, state, at(1_000));
            waiting.values().forEach(queue -> queue.removeAll(pick.items()));
            state = pick.next();
            left.add(ids(pick));
        }
        return left;
    }

    private static List<String> ids(FairShare.Pick pick) {
        return pick.items().stream().map(item -> item.profile().requestId()).toList();
    }

    @Test
    void takesTheOldestOfASingleTenant() {
        wait("a", 6, 10);
        assertThat(batches(fair, 9)).containsExactly(List.of("a0", "a1", "a2", "a3"), List.of("a4", "a5"));
    }

    @Test
    void interleavesTenants() {
        wait("a", 5, 10);
        wait("b", 3, 10);
        assertThat(batches(fair, 9)).containsExactly(List.of("a0", "b0", "a1", "b1"), List.of("a2", "b2", "a3", "a4"));
    }

    @Test
    void goesOnWhereTheLastBatchStoppedSoThatManyTenantsAllHaveTheirTurn() {
        for (String tenant : List.of("a", "b", "c", "d", "e", "f")) {
            wait(tenant, 2, 10);
        }
        assertThat(batches(fair, 3))
                .containsExactly(
                        List.of("a0", "b0", "c0", "d0"),
                        List.of("e0", "f0", "a1", "b1"),
                        List.of("c1", "d1", "e1", "f1"));
    }

    @Test
    void tenRequestsPassBetweenAHundredThousandOfAnotherTenant() {
        wait("archive", 100_000, 10);
        wait("small", 10, 10);
        List<List<String>> first = batches(fair, 5);
        assertThat(first.stream().flatMap(List::stream).filter(id -> id.startsWith("small")))
                .hasSize(10);
    }

    @Test
    void measuresSharesInCostNotInRequests() {
        wait("cheap", 40, 10);
        wait("dear", 4, 100);
        BatchPolicy wide =
                new BatchPolicy(new BatchSettings(100, 440, 100_000, Duration.ofMillis(50), Duration.ofMillis(100)));
        List<String> batch = batches(new FairShare(wide, Map.of()), 1).getFirst();
        assertThat(batch.stream().filter(id -> id.startsWith("cheap"))).hasSizeBetween(20, 24);
        assertThat(batch.stream().filter(id -> id.startsWith("dear"))).hasSize(2);
    }

    @Test
    void givesAHeavierTenantItsMultiple() {
        wait("a", 100, 10);
        wait("b", 100, 10);
        List<String> taken = batches(new FairShare(POLICY, Map.of("a", 3.0)), 10).stream()
                .flatMap(List::stream)
                .toList();
        assertThat(taken.stream().filter(id -> id.startsWith("a"))).hasSize(30);
        assertThat(taken.stream().filter(id -> id.startsWith("b"))).hasSize(10);
    }

    @Test
    void givesALighterTenantItsFraction() {
        wait("a", 100, 10);
        wait("b", 100, 10);
        List<String> taken = batches(new FairShare(POLICY, Map.of("a", 0.25)), 10).stream()
                .flatMap(List::stream)
                .toList();
        assertThat(taken.stream().filter(id -> id.startsWith("a"))).hasSize(8);
        assertThat(taken.stream().filter(id -> id.startsWith("b"))).hasSize(32);
    }

    @Test
    void requestsWithoutCostStillTakeTurns() {
        wait("a", 10, 0);
        wait("b", 10, 0);
        assertThat(batches(fair, 1)).containsExactly(List.of("a0", "b0", "a1", "b1"));
    }

    @Test
    void closesTheBatchBeforeARequestThatOverflowsItAndStartsTheNextWithThatOne() {
        waitFor("a", candidate(profile("a0", "a", 10, 6_000, Optional.empty()), 0));
        waitFor("a", candidate(profile("a1", "a", 10, 6_000, Optional.empty()), 1));
        waitFor("b", candidate(profile("b0", "b", 10, 100, Optional.empty()), 2));
        assertThat(batches(fair, 9)).containsExactly(List.of("a0", "b0"), List.of("a1"));
    }

    @Test
    void aRequestThatMustRunByItselfDoes() {
        waitFor("a", candidate(profile("a0"), 0));
        waitFor("a", new Candidate(profile("a1"), 2, true, at(1)));
        waitFor("a", candidate(profile("a2"), 2));
        assertThat(batches(fair, 9)).containsExactly(List.of("a0"), List.of("a1"), List.of("a2"));
    }

    @Test
    void anUrgentRequestGoesBeforeItsTenantsOlderOnes() {
        wait("a", 6, 10);
        waitFor("a", candidate(profile("urgent", "a", 10, 100, Optional.of(at(2_050))), 900));
        waitFor("a", candidate(profile("later", "a", 10, 100, Optional.of(at(9_000))), 901));
        assertThat(batches(fair, 1)).containsExactly(List.of("urgent", "a0", "a1", "a2"));
    }

    @Test
    void anUrgentRequestGoesBeforeOtherTenantsAndItsTenantOwesTheTurn() {
        wait("a", 4, 10);
        wait("z", 4, 10);
        waiting.get("z").add(candidate(profile("urgent", "z", 10, 100, Optional.of(at(2_050))), 900));
        assertThat(batches(fair, 2))
                .containsExactly(List.of("urgent", "a0", "a1", "z0"), List.of("a2", "z1", "a3", "z2"));
    }

    @Test
    void deadlinesOnEverythingTakeNoMoreThanAFairShare() {
        wait("fair", 100, 10);
        IntStream.range(0, 100)
                .forEach(i ->
                        waitFor("pushy", candidate(profile("pushy" + i, "pushy", 10, 100, Optional.of(at(1_500))), i)));
        List<String> taken = batches(fair, 10).stream().flatMap(List::stream).toList();
        assertThat(taken.stream().filter(id -> id.startsWith("pushy"))).hasSizeBetween(20, 21);
    }

    @Test
    void picksNothingWhenNothingWaits() {
        assertThat(fair.pick(Map.of("a", List.of()), FairShareState.initial(), at(0))
                        .items())
                .isEmpty();
    }

    @Test
    void forgetsTenantsThatLeft() {
        Map<String, Double> credit = new HashMap<>();
        IntStream.range(0, 100).forEach(i -> credit.put("gone" + i, 5.0));
        wait("a", 1, 10);
        FairShare.Pick pick = fair.pick(waiting, new FairShareState(credit, Optional.of("gone7")), at(0));
        assertThat(ids(pick)).containsExactly("a0");
        assertThat(pick.next().credit()).isEmpty();
    }

    @Test
    void refusesAWeightThatWouldStarveATenant() {
        assertThatThrownBy(() -> new FairShare(POLICY, Map.of("a", 0.0)))
                .hasMessage("The weight of tenant 'a' is 0.0; it must be from 0.01 to 100.");
    }
}
