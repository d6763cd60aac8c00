package io.unifluid.inference;

import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What came of a batch.
 *
 * @param items one outcome per item, in the order of the batch
 * @param inferenceMillis time inside the graphs, in milliseconds; of a batch that was spread over several callers the
 *     longest share's
 * @param paddingShare of all sequence positions that were computed, the share that was padding, 0 to 1
 * @param encodedPictures how many different pictures were encoded for all captions and questions about them
 * @param callerMillis how long the model's callers were kept, all of them together
 * @param domains for each item how unlike the pictures of the model's training its picture is, 0 to 1, and above 0.5 more unlike than
 *     like; empty without a picture, or where the model has no such measure
 */
public record BatchOutcome(
        List<ItemOutcome> items,
        double inferenceMillis,
        double paddingShare,
        int encodedPictures,
        double callerMillis,
        List<OptionalDouble> domains) {
    public BatchOutcome {
        items = List.copyOf(items);
        domains = List.copyOf(domains);
        if (domains.size() != items.size()) {
            throw new IllegalArgumentException(items.size() + " items have " + domains.size() + " domains");
        }
    }

    /** Of a model that does not measure its domain. */
    public BatchOutcome(
            List<ItemOutcome> items,
            double inferenceMillis,
            double paddingShare,
            int encodedPictures,
            double callerMillis) {
        this(
                items,
                inferenceMillis,
                paddingShare,
                encodedPictures,
                callerMillis,
                Collections.nCopies(items.size(), OptionalDouble.empty()));
    }
}
