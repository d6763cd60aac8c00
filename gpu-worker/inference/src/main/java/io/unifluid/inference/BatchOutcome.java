package io.unifluid.inference;

import java.util.List;

/**
 * What came of a batch.
 *
 * @param items one outcome per item, in the order of the batch
 * @param inferenceMillis time inside the graphs, in milliseconds; of a batch that was spread over several callers the
 *     longest share's
 * @param paddingShare of all sequence positions that were computed, the share that was padding, 0 to 1
 * @param encodedPictures how many different pictures were encoded for all captions and questions about them
 * @param callerMillis how long the model's callers were kept, all of them together
 */
public record BatchOutcome(
        List<ItemOutcome> items,
        double inferenceMillis,
        double paddingShare,
        int encodedPictures,
        double callerMillis) {
    public BatchOutcome {
        items = List.copyOf(items);
    }
}
