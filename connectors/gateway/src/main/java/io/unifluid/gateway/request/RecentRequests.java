package io.unifluid.gateway.request;

import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this gateway was asked lately, so that a picture can be looked at again and a request be sent again. Bounded in number
 * and bytes; the oldest go first. Thread-safe.
 */
final class RecentRequests {
    private final int most;
    private final long mostBytes;
    private final Map<String, Recent> byId = new LinkedHashMap<>();
    private long bytes;

    /** @param mostBytes of pictures that are no claims */
    RecentRequests(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    private record Recent(String tenant, Optional<Request<?>> request, int bytes, long nanos) {}

    synchronized void keep(String id, String tenant, Request<?> request) {
        int size = request.picture().map(RecentRequests::size).orElse(0);
        boolean kept = size <= mostBytes;
        var now =
                new Recent(tenant, kept ? Optional.of(request) : Optional.empty(), kept ? size : 0, System.nanoTime());
        forget(byId.put(id, now));
        bytes += now.bytes();
        var oldest = byId.values().iterator();
        while (byId.size() > most || bytes > mostBytes) {
            var gone = oldest.next();
            oldest.remove();
            forget(gone);
        }
    }

    private void forget(Recent gone) {
        bytes -= gone == null ? 0 : gone.bytes();
    }

    /** Nothing for one that is not the tenant's, was asked elsewhere, or too long ago. */
    synchronized Optional<Request<?>> of(String tenant, String id) {
        return Optional.ofNullable(byId.get(id))
                .filter(one -> one.tenant().equals(tenant))
                .flatMap(Recent::request);
    }

    /** Whether it was asked here no longer ago than that. */
    synchronized boolean within(String tenant, String id, Duration time) {
        return Optional.ofNullable(byId.get(id))
                .filter(one -> one.tenant().equals(tenant) && System.nanoTime() - one.nanos() <= time.toNanos())
                .isPresent();
    }

    private static int size(Picture picture) {
        return switch (picture) {
            case Picture.Bytes bytes -> bytes.bytes().length;
            case Picture.File _, Picture.Given _ -> 0;
        };
    }
}
