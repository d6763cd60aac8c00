package io.unifluid.gateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.operations.tenants.TenantLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class BucketTest {
    @Test
    void aMinutesWorthComesBackOverAMinute() {
        var bucket = Bucket.full(60, 0);
        for (int i = 0; i < 60; i++) {
            assertThat(bucket.has(1)).isTrue();
            bucket = bucket.less(1);
        }
        assertThat(bucket.has(1)).isFalse();
        assertThat(bucket.until(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(bucket.at(999).has(1)).isFalse();
        assertThat(bucket.at(1000).has(1)).isTrue();
        assertThat(bucket.at(120_000).left()).isEqualTo(60);
    }

    @Test
    void whatIsLargerThanTheWholeIsPaidForByThoseAfterIt() {
        var bucket = Bucket.full(100, 0);
        assertThat(bucket.has(1000)).isTrue();
        var after = bucket.less(1000);
        assertThat(after.has(1)).isFalse();
        assertThat(after.until(100)).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aClockThatGoesBackTakesNothing() {
        assertThat(Bucket.full(10, 5000).less(5).at(0).left()).isEqualTo(5);
    }

    @Test
    void whatIsUnderWayOutlivesNewLimits() {
        var caller = new Caller("acme", new TenantLimits(10, 10, 1), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        assertThat(caller.begin()).isEmpty();
        assertThat(caller.begin()).get().extracting(Caller.Over::most).isEqualTo(1L);
        caller.limitedTo(new TenantLimits(10, 10, 2));
        assertThat(caller.begin()).isEmpty();
        assertThat(caller.begin()).isPresent();
        caller.ended();
        assertThat(caller.underWay()).isEqualTo(1);
    }
}
