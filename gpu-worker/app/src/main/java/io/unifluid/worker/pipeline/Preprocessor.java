package io.unifluid.worker.pipeline;

import io.unifluid.blobs.fetch.FetchException;
import io.unifluid.blobs.fetch.ImageLocation;
import io.unifluid.blobs.fetch.ImageSource;
import io.unifluid.inference.image.BadImageException;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.FailureStage;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.WorkItem;
import io.unifluid.worker.metrics.WorkerMetrics;
import io.unifluid.worker.pipeline.ReadyBatch.Prepared;
import io.unifluid.worker.pipeline.WorkItemMapper.BadRequestException;
import io.unifluid.worker.sharegroup.AcquiredBatch;
import io.unifluid.worker.sharegroup.Redelivery;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a batch record ready for the device, ahead of it and on virtual threads: decodes it, settles what an earlier
 * delivery leaves to settle, fetches and decodes the pictures. What is wrong with an item becomes that item's outcome.
 */
public final class Preprocessor implements Consumer<AcquiredBatch> {
    private static final Logger log = LoggerFactory.getLogger(Preprocessor.class);
    private static final long REGISTRY_AGAIN_MILLIS = 1000;

    private final BatchDecoder batches;
    private final Function<MicroBatch, Optional<Redelivery.Traces>> traces;
    private final ImageSource pictures;
    private final ImageDecoder decoder;
    private final FetchRoom room;
    private final OutcomeMapper mapper;
    private final Publisher publisher;
    private final Consumer<ReadyBatch> onReady;
    private final BooleanSupplier draining;
    private final ExecutorService threads;
    private final InstantSource clock;
    private final WorkerMetrics metrics;
    private volatile String waitsFor;

    /** @param onReady takes a batch with at least one item that can run */
    public Preprocessor(
            BatchDecoder batches,
            Function<MicroBatch, Optional<Redelivery.Traces>> traces,
            ImageSource pictures,
            ImageDecoder decoder,
            FetchRoom room,
            OutcomeMapper mapper,
            Publisher publisher,
            Consumer<ReadyBatch> onReady,
            BooleanSupplier draining,
            ExecutorService threads,
            InstantSource clock,
            WorkerMetrics metrics) {
        this.batches = batches;
        this.traces = traces;
        this.pictures = pictures;
        this.decoder = decoder;
        this.room = room;
        this.mapper = mapper;
        this.publisher = publisher;
        this.onReady = onReady;
        this.draining = draining;
        this.threads = threads;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public void accept(AcquiredBatch held) {
        threads.execute(held.orReleased(() -> prepare(held)));
    }

    /** Why batches cannot be read now, if so; one sentence. */
    public Optional<String> waitsFor() {
        return Optional.ofNullable(waitsFor);
    }

    private void prepare(AcquiredBatch held) throws InterruptedException {
        switch (decode(held)) {
            case BatchDecoder.Decoded.Batch(MicroBatch batch)
            when !batch.getGroup().equals(held.lane().ownGroup()) -> {
                metrics.leftToOthers(held.lane());
                held.settle(AcknowledgeType.ACCEPT);
            }
            case BatchDecoder.Decoded.Batch(MicroBatch batch) -> prepare(held, batch);
            case BatchDecoder.Decoded.Garbage garbage -> publisher.deadLetter(held, garbage.reason());
            case BatchDecoder.Decoded.RegistryAway _ -> held.settle(AcknowledgeType.RELEASE);
        }
    }

    /** Waits for a registry that is away, as long as the worker lives: the lock is renewed meanwhile. */
    private BatchDecoder.Decoded decode(AcquiredBatch held) throws InterruptedException {
        while (true) {
            BatchDecoder.Decoded decoded = batches.decode(held.record());
            waitsFor = decoded instanceof BatchDecoder.Decoded.RegistryAway silent ? silent.reason() : null;
            if (!(decoded instanceof BatchDecoder.Decoded.RegistryAway away)
                    || draining.getAsBoolean()
                    || held.pointless()) {
                return decoded;
            }
            log.warn("{} waits for the schema registry: {}", held, away.reason());
            Thread.sleep(REGISTRY_AGAIN_MILLIS);
        }
    }

    private void prepare(AcquiredBatch held, MicroBatch batch) throws InterruptedException {
        if (batch.getOutcomesTogether()) {
            held.outcomesMayTravelTogether();
        }
        Redelivery decision = Redelivery.decide(
                batch.getItems(),
                held.deliveryCount(),
                held.deliveryCount() > 1 ? traces.apply(batch) : Optional.empty());
        metrics.alreadyReported(decision.done().size());
        List<Prepared> items = new ArrayList<>();
        for (WorkItem item : decision.crashed()) {
            items.add(crashed(held, batch, item));
        }
        items.addAll(prepareAll(decision.run()));
        boolean runnable = items.stream().anyMatch(Prepared.Runnable.class::isInstance);
        if (held.pointless() || (runnable && draining.getAsBoolean())) {
            held.settle(AcknowledgeType.RELEASE);
        } else if (runnable) {
            onReady.accept(new ReadyBatch(held, batch, items));
        } else {
            publisher.finish(held, refusals(items, batch)); // Also at the end: another delivery could be the last.
        }
    }

    private Prepared crashed(AcquiredBatch held, MicroBatch batch, WorkItem item) {
        String id = item.getRequest().getRequestId();
        boolean alone = batch.getItems().size() == 1;
        log.warn(
                "Request {} was in the hands of a worker that ended (batch {}, {} items, delivery {}).",
                id,
                batch.getBatchId(),
                batch.getItems().size(),
                held.deliveryCount());
        return new Prepared.Refused(
                item,
                FailureKind.CRASH,
                FailureStage.RUN,
                alone
                        ? "The worker ended while it ran this request alone."
                        : "The worker ended while it ran the batch of this request; it is tried alone.");
    }

    private List<Outcome> refusals(List<Prepared> items, MicroBatch batch) {
        List<Outcome> outcomes = new ArrayList<>(items.size());
        for (Prepared item : items) {
            if (item instanceof Prepared.Refused refused) {
                outcomes.add(mapper.refused(refused, batch, clock.instant()));
            }
        }
        return outcomes;
    }

    private List<Prepared> prepareAll(List<WorkItem> items) throws InterruptedException {
        List<Future<Prepared>> prepared = new ArrayList<>(items.size());
        for (WorkItem item : items) {
            prepared.add(threads.submit(() -> prepare(item)));
        }
        List<Prepared> all = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            try {
                all.add(prepared.get(i).get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof InterruptedException) {
                    throw new InterruptedException("The worker ends.");
                }
                log.error(
                        "Preparing request {} failed.",
                        items.get(i).getRequest().getRequestId(),
                        e.getCause());
                all.add(new Prepared.Refused(
                        items.get(i),
                        FailureKind.TRANSIENT,
                        FailureStage.PREPARE,
                        "The worker could not prepare the request; its log says why."));
            }
        }
        return all;
    }

    private Prepared prepare(WorkItem item) throws InterruptedException {
        InferenceRequest request = item.getRequest();
        if (late(item, clock.instant())) {
            return tooLate(item);
        }
        if (!mapper.runs(request.getModel())) {
            return new Prepared.Refused(
                    item, FailureKind.UNKNOWN_MODEL, FailureStage.PREPARE, mapper.runsAnother(request.getModel()));
        }
        try {
            Optional<ImageLocation> location = WorkItemMapper.picture(request);
            if (location.isEmpty()) {
                return new Prepared.Runnable(item, WorkItemMapper.item(request, Optional.empty()), 0, 0);
            }
            return prepare(item, location.get());
        } catch (BadRequestException | BadImageException e) {
            return new Prepared.Refused(item, FailureKind.BAD_INPUT, FailureStage.PREPARE, e.getMessage());
        } catch (FetchException e) {
            return new Prepared.Refused(item, kind(e.kind()), FailureStage.FETCH, e.getMessage());
        }
    }

    private Prepared prepare(WorkItem item, ImageLocation location)
            throws InterruptedException, BadRequestException, BadImageException {
        try (FetchRoom.Place place = room.enter(location)) {
            long start = System.nanoTime();
            byte[] bytes = pictures.fetch(location);
            place.landed(bytes.length);
            long fetched = System.nanoTime();
            ImageTensor tensor = decoder.decode(bytes);
            long decoded = System.nanoTime();
            metrics.prepared(fetched - start, decoded - fetched);
            return new Prepared.Runnable(
                    item,
                    WorkItemMapper.item(item.getRequest(), Optional.of(tensor)),
                    (fetched - start) / 1e6,
                    (decoded - fetched) / 1e6);
        }
    }

    static boolean late(WorkItem item, Instant now) {
        Instant deadline = item.getRequest().getDeadline();
        return deadline != null && !now.isBefore(deadline);
    }

    /** TRANSIENT, so that the lifecycle, not this worker's clock, decides that the request expired. */
    static Prepared.Refused tooLate(WorkItem item) {
        return new Prepared.Refused(
                item,
                FailureKind.TRANSIENT,
                FailureStage.PREPARE,
                "The deadline passed before the device took the request.");
    }

    private static FailureKind kind(FetchException.Kind kind) {
        return switch (kind) {
            case BAD_INPUT -> FailureKind.BAD_INPUT;
            case TRANSIENT -> FailureKind.TRANSIENT;
        };
    }
}
