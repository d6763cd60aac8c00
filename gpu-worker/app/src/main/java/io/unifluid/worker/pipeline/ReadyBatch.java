package io.unifluid.worker.pipeline;

import io.unifluid.inference.InferenceItem;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.FailureStage;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.WorkItem;
import io.unifluid.worker.sharegroup.AcquiredBatch;
import java.util.List;

/** A batch that the device can take: decoded, its pictures fetched and turned into what the model takes. */
public record ReadyBatch(AcquiredBatch held, MicroBatch batch, List<Prepared> items) {
    public ReadyBatch {
        items = List.copyOf(items);
    }

    /** A mistake here could bring down the process again: what is said about it must be said for sure. */
    boolean suspect() {
        return held.deliveryCount() > 1 || batch.getItems().stream().anyMatch(item -> item.getAttempt() > 1);
    }

    /** One item before the device. */
    sealed interface Prepared {
        WorkItem item();

        /**
         * Can run.
         *
         * @param fetchMillis time to get its picture's bytes
         * @param preprocessMillis time to decode and resize it
         */
        record Runnable(WorkItem item, InferenceItem input, double fetchMillis, double preprocessMillis)
                implements Prepared {}

        /** Cannot run, and how far it came; {@code message} is one sentence for the sender. */
        record Refused(WorkItem item, FailureKind kind, FailureStage stage, String message) implements Prepared {}
    }
}
