package io.unifluid.scheduling.lifecycle;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static io.unifluid.scheduling.task.RequestsInTests.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateKeysTest {
    private static final String LONG = "r".repeat(201);

    private final StateKeys keys = new StateKeys(200);

    @Test
    void anAcceptedIdIsItsOwnKey() {
        assertThat(keys.of("r-1")).isEqualTo("r-1");
        assertThat(keys.of("r".repeat(200))).isEqualTo("r".repeat(200));
    }

    @Test
    void keysAreOfBoundedLengthAndNoneIsAnothersOrAnAcceptedId() {
        var all = List.of(
                keys.of(LONG),
                keys.of(LONG + "r"),
                keys.of("r".repeat(16_384)),
                keys.ofPendingCancel("a", "r-1"),
                keys.ofPendingCancel("b", "r-1"),
                keys.ofPendingCancel("", "r-1a"),
                keys.ofPendingCancel("1a", "r-"),
                keys.ofPendingCancel("a", LONG));
        assertThat(all).allSatisfy(key -> assertThat(key).hasSize(201));
        assertThat(new HashSet<>(all)).hasSameSizeAs(all);
    }

    @Test
    void aRequestMeetsThePendingCancelOfItsOwnTenantOnly() {
        var pending = LifecycleState.cancelPending("r-1", "tenant-a", "enough", at(0), at(1));
        var store = Map.of(keys.of(pending), pending);

        assertThat(keys.find("r-1", new Submitted(profile("r-1"), Optional.empty()), store::get))
                .contains(pending);
        assertThat(keys.find("r-1", new CancelRequested("r-1", "tenant-b", "enough"), store::get))
                .isEmpty();
        assertThat(keys.find("r-1", new Succeeded(1), store::get)).isEmpty();
    }

    @Test
    void aKnownRequestComesBeforeAPendingCancel() {
        var pending = LifecycleState.cancelPending("r-1", "tenant-a", "enough", at(0), at(1));
        var known = LifecycleState.firstScheduled(profile("r-1", "tenant-b", 10, 100, Optional.empty()), at(0), at(1));
        var store = Map.of(keys.of(pending), pending, keys.of(known), known);

        assertThat(keys.find("r-1", new Submitted(profile("r-1"), Optional.empty()), store::get))
                .contains(known);
    }
}
