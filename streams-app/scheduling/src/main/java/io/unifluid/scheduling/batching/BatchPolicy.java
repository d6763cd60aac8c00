package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.WorkProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a bucket's batch leaves, and what fits into it. One policy serves one lane. */
public final class BatchPolicy {
    /** Batches of a lane that keep a worker busy: one on the device, one prepared, one on its way. */
    static final int BUSY_BATCHES = 3;

    /** How many times maxWait an unfilled batch is held at most while workers are busy. */
    static final int BUSY_PATIENCE = 10;

    /** How many times maxWait a batch may cost that leaves for idle workers: of dearer work more is gained by sharing. */
    static final int SMALL_COST = 10;

    private final BatchSettings settings;

    public BatchPolicy(BatchSettings settings) {
        this.settings = settings;
    }

    /** Decides about all that waits in a bucket, in the order of {@link EmitReason}.
     *
     * @throws IllegalArgumentException when nothing waits
     */
    public Decision decide(OpenBucket bucket, Instant now) {
        Instant oldestAt = bucket.oldestAt()
                .orElseThrow(() -> new IllegalArgumentException("Nothing waits in bucket " + bucket.bucket() + "."));
        if (bucket.count() >= settings.maxItems()) {
            return new Decision.Emit(EmitReason.FULL_ITEMS);
        }
        if (bucket.cost() >= settings.maxCost()) {
            return new Decision.Emit(EmitReason.FULL_COST);
        }
        if (bucket.bytes() >= settings.maxBytes()) {
            return new Decision.Emit(EmitReason.FULL_BYTES);
        }
        if (bucket.isolated()) {
            return new Decision.Emit(EmitReason.ISOLATED);
        }
        Instant patienceEnds = oldestAt.plus(settings.maxWait());
        if (!now.isBefore(patienceEnds)) {
            return new Decision.Emit(EmitReason.MAX_WAIT);
        }
        Optional<Instant> latest = bucket.earliestDeadline().map(deadline -> latestStart(deadline, bucket.cost()));
        if (latest.isPresent() && !now.isBefore(latest.get())) {
            return new Decision.Emit(EmitReason.DEADLINE);
        }
        return new Decision.WaitUntil(
                latest.filter(at -> at.isBefore(patienceEnds)).orElse(patienceEnds));
    }

    /**
     * Whether a batch that is ready may leave. One that is ready only because of its age stays while workers have
     * enough to do, since leaving would not make it run sooner and staying fills it; but no longer than
     * {@value #BUSY_PATIENCE} times maxWait, so that a worker that was not counted on finds work.
     *
     * @param outstandingBatches batches of the lane that left and are not finished
     */
    public boolean mayLeave(OpenBucket bucket, EmitReason reason, int outstandingBatches, Instant now) {
        return reason != EmitReason.MAX_WAIT
                || outstandingBatches < BUSY_BATCHES
                || bucket.oldestAt()
                        .filter(oldest ->
                                !now.isBefore(oldest.plus(settings.maxWait().multipliedBy(BUSY_PATIENCE))))
                        .isPresent();
    }

    /**
     * Whether a batch leaves although it is neither full nor old: somebody waits for it, and workers have nothing of the
     * lane. Those that come while it runs are gathered meanwhile. Dear work waits for company nevertheless, since maxWait is
     * little of its time.
     *
     * @param outstandingBatches batches of the lane that left and are not finished
     */
    public boolean leavesToIdle(OpenBucket bucket, int outstandingBatches) {
        return outstandingBatches == 0
                && bucket.count() > 0
                && bucket.lane().interactive()
                && bucket.cost() <= SMALL_COST * settings.maxWait().toMillis();
    }

    /**
     * How many batches may be with workers before one that leaves need not hurry.
     *
     * @param outstandingBatches batches of the lane that left before it and are not finished
     */
    public boolean isAwaited(int outstandingBatches) {
        return outstandingBatches < BUSY_BATCHES;
    }

    /**
     * Whether a request may join a batch. Anything fits into an empty one, so that a request above a limit still runs,
     * by itself; one that does not fit closes the batch before it.
     *
     * @param batch the sums over what the batch holds so far
     */
    public boolean fits(OpenBucket batch, Candidate candidate) {
        if (batch.count() == 0) {
            return true;
        }
        WorkProfile profile = candidate.profile();
        return !batch.isolated()
                && !candidate.isolated()
                && profile.lane() == batch.lane()
                && profile.bucket().equals(batch.bucket())
                && batch.count() < settings.maxItems()
                && batch.cost() + profile.cost() <= settings.maxCost()
                && batch.bytes() + profile.bytes() <= settings.maxBytes();
    }

    /** Whether a request must leave now to meet its deadline even in a batch as dear as the settings allow. */
    boolean urgent(Candidate candidate, Instant now) {
        return candidate
                .profile()
                .deadline()
                .filter(deadline -> !now.isBefore(latestStart(deadline, settings.maxCost())))
                .isPresent();
    }

    private Instant latestStart(Instant deadline, double cost) {
        return deadline.minus(Duration.ofMillis((long) Math.ceil(cost))).minus(settings.deadlineReserve());
    }
}
