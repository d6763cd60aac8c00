package io.unifluid.gateway.tenant;

import io.unifluid.operations.tenants.TenantLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** A tenant at this gateway, with what it has used of its limits. Thread-safe. */
public final class Caller {
    private final String tenant;
    private final Clock clock;
    private TenantLimits limits;
    private Bucket requests;
    private Bucket bytes;
    private int underWay;

    Caller(String tenant, TenantLimits limits, Clock clock) {
        this.tenant = tenant;
        this.limits = limits;
        this.clock = clock;
        this.requests = Bucket.full(limits.requestsPerMinute(), clock.millis());
        this.bytes = Bucket.full(limits.bytesPerMinute(), clock.millis());
    }

    /**
     * Why a request was not let in.
     *
     * @param limit for example {@code requests per minute}
     * @param again when it may be tried again
     */
    public record Over(String limit, long most, Duration again) {}

    /** What is left, for the headers of an answer. */
    public record Left(TenantLimits limits, long requests, Duration untilAll, long bytes, Duration untilAllBytes) {}

    public String tenant() {
        return tenant;
    }

    /** From now on; what is under way stays so. */
    synchronized Caller limitedTo(TenantLimits now) {
        if (!now.equals(limits)) {
            limits = now;
            requests = Bucket.full(now.requestsPerMinute(), clock.millis());
            bytes = Bucket.full(now.bytesPerMinute(), clock.millis());
        }
        return this;
    }

    /**
     * Takes one request of so many bytes from the limits, or nothing at all.
     *
     * @param size of its body; 0 where it is not known before it was read, see {@link #read}
     */
    public synchronized Optional<Over> enter(long size) {
        refill();
        if (!requests.has(1)) {
            return Optional.of(new Over("requests per minute", limits.requestsPerMinute(), requests.until(1)));
        }
        if (!bytes.has(size)) {
            return Optional.of(new Over("bytes per minute", limits.bytesPerMinute(), bytes.until(size)));
        }
        requests = requests.less(1);
        bytes = bytes.less(size);
        return Optional.empty();
    }

    /** So many bytes came whose number was not said before; the next request pays for them. */
    public synchronized void read(long size) {
        refill();
        bytes = bytes.less(size);
    }

    /** A request begins to be under way, unless as many are already as may be; {@link #ended} ends it. */
    public synchronized Optional<Over> begin() {
        if (underWay >= limits.underWay()) {
            return Optional.of(new Over("requests under way", limits.underWay(), Duration.ofSeconds(1)));
        }
        underWay++;
        return Optional.empty();
    }

    public synchronized void ended() {
        underWay--;
    }

    public synchronized int underWay() {
        return underWay;
    }

    public synchronized Left left() {
        refill();
        return new Left(
                limits,
                requests.whole(),
                requests.until(limits.requestsPerMinute()),
                bytes.whole(),
                bytes.until(limits.bytesPerMinute()));
    }

    private void refill() {
        long now = clock.millis();
        requests = requests.at(now);
        bytes = bytes.at(now);
    }
}
