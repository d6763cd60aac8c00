package io.unifluid.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RecentRequestsTest {
    private final RecentRequests recent = new RecentRequests(3, 100);

    @Test
    void whatAnotherTenantAskedIsNotThere() {
        keep("one", 10);
        assertThat(recent.of("acme", "one")).isPresent();
        assertThat(recent.of("other", "one")).isEmpty();
        assertThat(recent.of("acme", "none")).isEmpty();
    }

    @Test
    void theOldestGoFirstByNumber() {
        for (var id : new String[] {"one", "two", "three", "four"}) {
            keep(id, 1);
        }
        assertThat(recent.of("acme", "one")).isEmpty();
        assertThat(recent.of("acme", "two")).isPresent();
    }

    @Test
    void theOldestGoFirstByBytes() {
        keep("one", 60);
        keep("two", 60);
        assertThat(recent.of("acme", "one")).isEmpty();
        keep("two", 40);
        keep("three", 60);
        assertThat(recent.of("acme", "two"))
                .as("what it was before counts no more")
                .isPresent();
    }

    @Test
    void whatIsLargerThanAllIsNotKeptAndTakesNobodysPlace() {
        keep("one", 60);
        keep("huge", 101);
        assertThat(recent.of("acme", "huge")).isEmpty();
        assertThat(recent.within("acme", "huge", Duration.ofHours(1)))
                .as("that it was asked")
                .isTrue();
        assertThat(recent.of("acme", "one")).isPresent();
    }

    @Test
    void thatItWasAskedLatelyIsKnownToItsTenantForSomeTime() {
        keep("one", 1);
        assertThat(recent.within("acme", "one", Duration.ofHours(1))).isTrue();
        assertThat(recent.within("other", "one", Duration.ofHours(1))).isFalse();
        assertThat(recent.within("acme", "none", Duration.ofHours(1))).isFalse();
        assertThat(recent.within("acme", "one", Duration.ofNanos(-1))).isFalse();
    }

    private void keep(String id, int bytes) {
        recent.keep(id, "acme", Request.caption(Picture.of(new byte[bytes])));
    }
}
