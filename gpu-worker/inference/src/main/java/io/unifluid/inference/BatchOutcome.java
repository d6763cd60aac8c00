package io.unifluid.inference;

import java.util.List;

/**
 * What came of a batch.
 *
 * @param items one outcome per item, in the order of the batch
 * @param inferenceMillis time inside the graphs, in milliseconds
 * @param paddingShare of all sequence positions that were computed, the share that was padding, 0 to 1
 * @param encodedPictures how many different pictures were encoded for all captions and questions about them
 */
public record BatchOutcome(List<ItemOutcome> items, double inferenceMillis, double paddingShare, int encodedPictures) {
    public BatchOutcome {
        items = List.copyOf(items);
    }
}
