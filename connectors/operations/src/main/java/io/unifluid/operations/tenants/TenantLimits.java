package io.unifluid.operations.tenants;

/**
 * What a tenant may at each gateway; 0 leaves it to the gateway's own setting.
 *
 * @param requestsPerMinute requests that are let in
 * @param bytesPerMinute of request bodies
 * @param underWay requests without a result at once
 */
public record TenantLimits(int requestsPerMinute, long bytesPerMinute, int underWay) {
    public static final TenantLimits OF_THE_GATEWAY = new TenantLimits(0, 0, 0);

    public TenantLimits {
        require("requests per minute", requestsPerMinute);
        require("bytes per minute", bytesPerMinute);
        require("requests under way", underWay);
    }

    private static void require(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "The " + what + " cannot be " + value + "; give 1 or more, or 0 for what the gateway says.");
        }
    }
}
