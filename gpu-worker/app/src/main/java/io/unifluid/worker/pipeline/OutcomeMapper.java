package io.unifluid.worker.pipeline;

import io.unifluid.blobs.BlobStoreException;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.blobs.fetch.ImageLocation;
import io.unifluid.inference.FailureCause;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.BatchInfo;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.FailureStage;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.ModelNames;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Timings;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.schemas.WorkItem;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/** Turns what came of an item into the outcome that travels. Safe for many threads; blocks where pictures are stored. */
public final class OutcomeMapper {
    private final String worker;
    private final ModelInfo model;
    private final ClaimCheck pictures;

    public OutcomeMapper(String worker, io.unifluid.inference.ModelInfo model, ClaimCheck pictures) {
        this.worker = worker;
        this.model = model(model);
        this.pictures = pictures;
    }

    /**
     * A run as the outcome reports it.
     *
     * @param startedAt when the device took the batch
     * @param endedAt when it was done with it
     * @param millis inside the model, for the whole batch
     * @param paddingShare 0 to 1
     */
    record Run(Instant startedAt, Instant endedAt, double millis, double paddingShare) {}

    /** Whether a request may be run here that asks for this model, or for none in particular. */
    boolean runs(String asked) {
        return asked == null || ModelNames.of(model).contains(asked);
    }

    /** The sentence for a request that asks for a model that {@link #runs} says no to. */
    String runsAnother(String asked) {
        return "The request asks for the model '" + asked + "' and this worker runs " + ModelNames.full(model)
                + ": name that one, leave the field out, or have a worker started with the other.";
    }

    public static ModelInfo model(io.unifluid.inference.ModelInfo model) {
        return new ModelInfo(model.family(), model.name(), model.version(), model.device());
    }

    Outcome started(WorkItem item, MicroBatch batch, Instant at) {
        return outcome(item, OutcomeKind.STARTED, info(batch, 0), at).build();
    }

    /** A failure that has the whole batch as its cause. */
    Outcome failed(WorkItem item, MicroBatch batch, FailureKind kind, String message, Instant at) {
        return failure(outcome(item, OutcomeKind.FAILED, info(batch, 0), at), kind, FailureStage.RUN, message);
    }

    /** A failure without a run. */
    Outcome refused(ReadyBatch.Prepared.Refused no, MicroBatch batch, Instant at) {
        return failure(outcome(no.item(), OutcomeKind.FAILED, info(batch, 0), at), no.kind(), no.stage(), no.message());
    }

    /**
     * What the model made of the item; pictures that cannot be stored make it a TRANSIENT failure.
     *
     * @param domain how unlike the model's training the item's picture is, where that is known
     */
    Outcome finished(
            ReadyBatch.Prepared.Runnable ran, MicroBatch batch, ItemOutcome result, OptionalDouble domain, Run run) {
        WorkItem item = ran.item();
        BatchInfo info = info(batch, run.paddingShare());
        Timings timings = timings(ran, run);
        try {
            Object output = switch (result) {
                case ItemOutcome.CaptionResult caption ->
                    new CaptionOutput(caption.text(), caption.logProbability(), caption.tokenCount());
                case ItemOutcome.VqaResult vqa ->
                    new VqaOutput(
                            vqa.answers().stream().map(OutcomeMapper::answer).toList());
                case ItemOutcome.ImagesResult images ->
                    new ImagesOutput(images.images().stream().map(this::image).toList());
                case ItemOutcome.ItemFailure _ -> null;
            };
            return result instanceof ItemOutcome.ItemFailure failure
                    ? failure(
                            outcome(item, OutcomeKind.FAILED, info, run.endedAt())
                                    .setTimings(timings),
                            kind(failure.cause()),
                            FailureStage.RUN,
                            failure.message())
                    : outcome(item, OutcomeKind.SUCCEEDED, info, run.endedAt())
                            .setOutput(output)
                            .setDomain(domain.isPresent() ? domain.getAsDouble() : null)
                            .setTimings(timings)
                            .build();
        } catch (BlobStoreException e) {
            return failure(
                    outcome(item, OutcomeKind.FAILED, info, run.endedAt()).setTimings(timings),
                    FailureKind.TRANSIENT,
                    FailureStage.RUN,
                    "The drawn picture could not be stored: " + e.getMessage());
        }
    }

    private static Outcome failure(Outcome.Builder outcome, FailureKind kind, FailureStage stage, String message) {
        return outcome.setFailure(kind).setStage(stage).setMessage(message).build();
    }

    private Outcome.Builder outcome(WorkItem item, OutcomeKind kind, BatchInfo batch, Instant at) {
        return Outcome.newBuilder()
                .setRequestId(item.getRequest().getRequestId())
                .setAttempt(item.getAttempt())
                .setKind(kind)
                .setModel(model)
                .setBatch(batch)
                .setWorker(worker)
                .setAt(at)
                .setToken(item.getToken());
    }

    private static BatchInfo info(MicroBatch batch, double paddingShare) {
        return new BatchInfo(batch.getBatchId(), batch.getItems().size(), paddingShare);
    }

    /** The parts add up to the time from admission to the end of the run; what is left of it is lane wait. */
    private static Timings timings(ReadyBatch.Prepared.Runnable ran, Run run) {
        WorkItem item = ran.item();
        double sinceBatched = millis(item.getBatchedAt(), run.startedAt());
        return new Timings(
                millis(item.getAdmittedAt(), item.getScheduledAt()),
                millis(item.getScheduledAt(), item.getBatchedAt()),
                Math.max(0, sinceBatched - ran.fetchMillis() - ran.preprocessMillis()),
                ran.fetchMillis(),
                ran.preprocessMillis(),
                run.millis(),
                0.0);
    }

    private static double millis(Instant from, Instant to) {
        return from.toEpochMilli() == 0
                ? 0
                : Math.max(0, Duration.between(from, to).toNanos() / 1e6);
    }

    private static Answer answer(ItemOutcome.AnswerResult answer) {
        List<ChoiceScore> scores = answer.choices().stream()
                .map(choice -> new ChoiceScore(choice.choice(), choice.score()))
                .toList();
        return new Answer(answer.question(), answer.answer(), answer.logProbability(), scores);
    }

    private GeneratedImage image(ItemOutcome.RenderedImage image) {
        ImageLocation location = pictures.claim(image.png());
        ImageRef ref = new ImageRef(
                location.inline().map(ByteBuffer::wrap).orElse(null),
                location.uri().orElse(null),
                "image/png",
                location.sha256().orElse(null));
        return new GeneratedImage(ref, image.seed(), image.width(), image.height());
    }

    static FailureKind kind(FailureCause cause) {
        return switch (cause) {
            case BAD_INPUT -> FailureKind.BAD_INPUT;
            case MODEL -> FailureKind.MODEL;
            case OUT_OF_MEMORY -> FailureKind.OUT_OF_MEMORY;
        };
    }
}
