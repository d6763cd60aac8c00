package io.unifluid.scheduling;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How much a tenant may have under way.
 *
 * @param maxInFlightPerTenant most unfinished requests of one tenant, as far as the admitting task sees them; empty for
 *     no limit
 */
public record AdmissionLimits(OptionalInt maxInFlightPerTenant) {
    public AdmissionLimits {
        maxInFlightPerTenant.ifPresent(limit -> Require.atLeast("maxInFlightPerTenant", limit, 1));
    }

    /** No limits. */
    public static AdmissionLimits defaults() {
        return new AdmissionLimits(OptionalInt.empty());
    }

    /** Refuses one more request of a tenant that has {@code inFlight} unfinished ones, when that is the limit. */
    public Optional<Rejection> check(String tenant, long inFlight) {
        if (maxInFlightPerTenant.isEmpty() || inFlight < maxInFlightPerTenant.getAsInt()) {
            return Optional.empty();
        }
        return Optional.of(new Rejection(
                RejectKind.OVER_LIMIT,
                "Tenant '" + tenant + "' has " + inFlight + " unfinished requests; the limit is "
                        + maxInFlightPerTenant.getAsInt() + ": send this one again when some have finished."));
    }
}
