package io.unifluid.worker.pipeline;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.WorkItem;
import io.unifluid.worker.metrics.WorkerMetrics;
import io.unifluid.worker.pipeline.ReadyBatch.Prepared;
import io.unifluid.worker.sharegroup.AcquiredBatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the device's threads do, one for each batch that the model runs at once: they take ready batches, interactive lanes
 * first and then in the order in which they came, and leave publishing to others. Nothing that a model does with a batch
 * ends such a thread.
 */
public final class ModelRunner implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(ModelRunner.class);
    private static final long IDLE_MILLIS = 100;
    private static final Duration SIGN_OF_LIFE = Duration.ofMinutes(1);

    private final LoadedModel model;
    private final OutcomeMapper mapper;
    private final Publisher publisher;
    private final boolean publishStarted;
    private final Duration stuckAfter;
    private final ExecutorService threads;
    private final InstantSource clock;
    private final WorkerMetrics metrics;
    private final PriorityBlockingQueue<Queued> ready = new PriorityBlockingQueue<>(
            11,
            Comparator.<Queued>comparingInt(
                            queued -> queued.batch().held().lane().rank())
                    .thenComparingLong(Queued::number));
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean draining;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    private record Queued(ReadyBatch batch, long number) {}

    /** A batch on the device; no two are equal. */
    private static final class Running {
        private final ReadyBatch batch;
        private final List<WorkItem> items;
        private final long since = System.nanoTime();
        private volatile long saidAt = since;
        private volatile boolean stuck;

        Running(ReadyBatch batch, List<WorkItem> items) {
            this.batch = batch;
            this.items = items;
        }
    }

    public ModelRunner(
            LoadedModel model,
            OutcomeMapper mapper,
            Publisher publisher,
            boolean publishStarted,
            Duration stuckAfter,
            ExecutorService threads,
            InstantSource clock,
            WorkerMetrics metrics) {
        this.model = model;
        this.mapper = mapper;
        this.publisher = publisher;
        this.publishStarted = publishStarted;
        this.stuckAfter = stuckAfter;
        this.threads = threads;
        this.clock = clock;
        this.metrics = metrics;
        metrics.device(model.callers(), running::size);
    }

    public void offer(ReadyBatch batch) {
        ready.add(new Queued(batch, numbers.incrementAndGet()));
        if (draining) {
            releaseWaiting();
        }
    }

    @Override
    public void run() {
        long idleSince = System.nanoTime();
        while (!draining) {
            try {
                Queued next = ready.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    long now = System.nanoTime();
                    metrics.idleWhileWorkWaited(
                            now - Math.max(idleSince, next.batch().held().takenNanos()));
                    next.batch().held().orReleased(() -> take(next.batch())).run();
                    idleSince = System.nanoTime();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                draining = true;
            }
        }
        releaseWaiting();
    }

    /** Finishes the batches that are running, takes no other, and releases those that wait. */
    public void drain() {
        draining = true;
        releaseWaiting();
    }

    /** To be called every few seconds: repeats the start report of a long run, and gives up one that is stuck. */
    public void watch() {
        running.forEach(this::watch);
    }

    private void watch(Running run) {
        long nanos = System.nanoTime();
        if (nanos - run.since > stuckAfter.toNanos()) {
            if (!run.stuck) {
                log.error(
                        "The device is stuck in {} for more than {}; the batch is released.",
                        run.batch.held(),
                        stuckAfter);
            }
            run.stuck = true;
            run.batch.held().settle(AcknowledgeType.RELEASE);
        } else if (publishStarted && nanos - run.saidAt > SIGN_OF_LIFE.toNanos()) {
            run.saidAt = nanos;
            publisher.started(run.batch.held(), started(run.batch, run.items), false);
        }
    }

    /** True while a run takes longer than it may. */
    public boolean stuck() {
        return running.stream().anyMatch(run -> run.stuck);
    }

    private void releaseWaiting() {
        for (Queued next = ready.poll(); next != null; next = ready.poll()) {
            next.batch().held().settle(AcknowledgeType.RELEASE);
        }
    }

    private void take(ReadyBatch batch) {
        AcquiredBatch held = batch.held();
        held.leaveRoom();
        if (held.pointless()) {
            held.settle(AcknowledgeType.RELEASE);
            return;
        }
        Instant startedAt = clock.instant();
        List<Prepared.Runnable> run = new ArrayList<>();
        List<Outcome> refused = new ArrayList<>();
        for (Prepared item : batch.items()) {
            switch (Preprocessor.late(item.item(), startedAt) ? Preprocessor.tooLate(item.item()) : item) {
                case Prepared.Runnable runnable -> run.add(runnable);
                case Prepared.Refused no -> refused.add(mapper.refused(no, batch.batch(), startedAt));
            }
        }
        List<WorkItem> items = run.stream().map(Prepared.Runnable::item).toList();
        Future<Boolean> said = threads.submit(() ->
                !publishStarted || items.isEmpty() || publisher.started(held, started(batch, items), batch.suspect()));
        if (batch.suspect() && !await(said)) {
            held.settle(AcknowledgeType.RELEASE);
            return;
        }
        List<Outcome> outcomes = new ArrayList<>(refused);
        Completion completion = run.isEmpty() ? () -> List.of() : onDevice(batch, items, run, startedAt);
        threads.execute(held.orReleased(() -> {
            await(said); // So that the start of an item is never written after its end.
            outcomes.addAll(completion.outcomes());
            publisher.finish(held, outcomes);
        }));
    }

    private Completion onDevice(
            ReadyBatch batch, List<WorkItem> items, List<Prepared.Runnable> run, Instant startedAt) {
        Running now = new Running(batch, items);
        running.add(now);
        try {
            return compute(batch, run, startedAt);
        } finally {
            running.remove(now);
        }
    }

    /** Work on outcomes that needs no device, such as storing pictures. */
    private interface Completion {
        List<Outcome> outcomes();
    }

    private Completion compute(ReadyBatch batch, List<Prepared.Runnable> run, Instant startedAt) {
        List<InferenceItem> inputs = run.stream().map(Prepared.Runnable::input).toList();
        long since = System.nanoTime();
        try {
            BatchOutcome result = model.run(inputs);
            if (result.items().size() != run.size()) {
                throw new IllegalStateException(
                        "the model gave " + result.items().size() + " outcomes for " + run.size() + " items");
            }
            Instant endedAt = clock.instant();
            metrics.ran(batch.held().lane(), run.size(), result);
            OutcomeMapper.Run facts = new OutcomeMapper.Run(
                    startedAt, endedAt, Duration.between(startedAt, endedAt).toNanos() / 1e6, result.paddingShare());
            return () -> {
                List<Outcome> outcomes = new ArrayList<>(run.size());
                for (int i = 0; i < run.size(); i++) {
                    outcomes.add(mapper.finished(
                            run.get(i),
                            batch.batch(),
                            result.items().get(i),
                            result.domains().get(i),
                            facts));
                }
                return outcomes;
            };
        } catch (OutOfMemoryError e) {
            metrics.busy(System.nanoTime() - since);
            return allFailed(batch, run, FailureKind.OUT_OF_MEMORY, "The worker ran out of memory in this batch.", e);
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            metrics.busy(System.nanoTime() - since);
            return allFailed(
                    batch, run, FailureKind.MODEL, "The model failed on the batch: " + e.getMessage() + ".", e);
        }
    }

    private Completion allFailed(
            ReadyBatch batch, List<Prepared.Runnable> run, FailureKind kind, String message, Throwable cause) {
        log.error("Running batch {} failed.", batch.batch().getBatchId(), cause);
        Instant now = clock.instant();
        return () -> run.stream()
                .map(each -> mapper.failed(each.item(), batch.batch(), kind, message, now))
                .toList();
    }

    private List<Outcome> started(ReadyBatch batch, List<WorkItem> items) {
        Instant now = clock.instant();
        return items.stream()
                .map(item -> mapper.started(item, batch.batch(), now))
                .toList();
    }

    private static boolean await(Future<Boolean> said) {
        try {
            return said.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            log.error("Reporting the start of a batch failed.", e.getCause());
            return false;
        }
    }
}
