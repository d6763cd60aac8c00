package io.unifluid.gateway.batch;

import io.unifluid.gateway.request.RequestIds;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Ids of the requests that a batch's lines become: made of the tenant, the batch and the line, so that sending a line again
 * changes nothing. A line that was refused because its tenant had too much under way is sent under another id, with the
 * number of the attempt, since an id is refused once and for all.
 */
public final class LineIds {
    private static final int OF_TENANT = 18;
    private static final int NAME = 32;
    private static final int OF_BATCH = OF_TENANT + NAME;

    private LineIds() {}

    /**
     * Which line a result is for.
     *
     * @param place from 0
     * @param attempt from 0
     */
    record Attempt(int place, int attempt) {}

    /** What tells a batch from others in its lines' ids. */
    static String name(String batchId) {
        return batchId.substring(BatchTopic.KIND.length());
    }

    static String of(String tenant, String batchId, int place, int attempt) {
        return RequestIds.named(tenant, name(batchId) + "-" + (place + 1) + (attempt == 0 ? "" : "." + attempt));
    }

    /** The name of the batch that a key is of; null for any other key. */
    static String batchOf(byte[] key) {
        return key != null
                        && key.length > OF_BATCH
                        && key[0] == 'r'
                        && key[OF_TENANT - 1] == '-'
                        && key[OF_BATCH] == '-'
                ? new String(key, OF_TENANT, NAME, StandardCharsets.ISO_8859_1)
                : null;
    }

    /** Whether a request is a line of a batch. */
    public static boolean isLine(String requestId) {
        return batchOf(requestId.getBytes(StandardCharsets.UTF_8)) != null;
    }

    static Optional<Attempt> attempt(byte[] key) {
        var text = new String(key, OF_BATCH + 1, key.length - OF_BATCH - 1, StandardCharsets.ISO_8859_1);
        if (!text.matches("[1-9]\\d{0,5}(\\.[1-9]\\d{0,5})?")) {
            return Optional.empty();
        }
        int dot = text.indexOf('.');
        return Optional.of(
                dot < 0
                        ? new Attempt(Integer.parseInt(text) - 1, 0)
                        : new Attempt(
                                Integer.parseInt(text.substring(0, dot)) - 1,
                                Integer.parseInt(text.substring(dot + 1))));
    }
}
