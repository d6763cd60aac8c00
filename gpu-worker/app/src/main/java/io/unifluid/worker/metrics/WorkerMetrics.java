package io.unifluid.worker.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.ModelInfo;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.worker.config.Lane;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;

/**
 * Counts what a worker does. At any time and per lane:
 *
 * <pre>
 * batches taken = batches acknowledged {accept, release, reject} + batches lost + batches held
 * batches acknowledged {accept} = batches that ran here + batches left to other groups
 * items of batches that ran here = items {succeeded, failed by kind} + items already reported
 * </pre>
 *
 * <p>The share of time that the device works is the rate of {@code unifluid_worker_device_busy_seconds_total} over
 * {@code unifluid_worker_device_callers}; what could be gained by fetching earlier is at most the rate of
 * {@code unifluid_worker_device_idle_with_work_seconds_total} over the same.
 */
@Singleton
public final class WorkerMetrics {
    private final MeterRegistry registry;
    private final AtomicLong busyNanos = new AtomicLong();
    private final AtomicLong idleNanos = new AtomicLong();
    private final Timer fetch;
    private final Timer preprocess;

    public WorkerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.fetch = Timer.builder("unifluid.worker.fetch")
                .description("Getting one picture's bytes")
                .register(registry);
        this.preprocess = Timer.builder("unifluid.worker.preprocess")
                .description("Decoding one picture")
                .register(registry);
        seconds("unifluid.worker.device.busy", "Time the device's callers ran batches, all together", busyNanos);
        seconds("unifluid.worker.device.idle.with.work", "Time they waited while the worker held a batch", idleNanos);
    }

    /**
     * What the device takes and what it has.
     *
     * @param callers batches that run at once
     * @param running how many do
     */
    public void device(int callers, Supplier<Number> running) {
        Gauge.builder("unifluid.worker.device.callers", () -> callers)
                .description("Batches that the device runs at once")
                .register(registry);
        Gauge.builder("unifluid.worker.device.batches", running)
                .description("Batches that it runs now, those included that wait for a caller")
                .register(registry);
    }

    /** Which model runs where, and why there: a gauge that is always 1. */
    public void model(ModelInfo model) {
        Gauge.builder("unifluid.worker.model.info", () -> 1)
                .description("The model that runs, on which device, and why there")
                .tag("family", model.family())
                .tag("name", model.name())
                .tag("version", model.version())
                .tag("device", model.device())
                .tag("reason", model.deviceReason())
                .register(registry);
    }

    private void seconds(String name, String description, AtomicLong nanos) {
        FunctionCounter.builder(name, nanos, n -> n.get() / 1e9)
                .baseUnit("seconds")
                .description(description)
                .register(registry);
    }

    public void taken(Lane lane, int deliveryCount) {
        registry.counter("unifluid.worker.batches.taken", "lane", lane.name(), "redelivered", "" + (deliveryCount > 1))
                .increment();
    }

    public void acknowledged(Lane lane, AcknowledgeType type) {
        registry.counter(
                        "unifluid.worker.batches.acknowledged",
                        "lane",
                        lane.name(),
                        "how",
                        type.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    /** A batch that another share group runs. */
    public void leftToOthers(Lane lane) {
        registry.counter("unifluid.worker.batches.left.to.others", "lane", lane.name())
                .increment();
    }

    public void lost(Lane lane) {
        registry.counter("unifluid.worker.batches.lost", "lane", lane.name()).increment();
    }

    public void renewed(int batches) {
        registry.counter("unifluid.worker.locks.renewed").increment(batches);
    }

    public void acknowledgementsFailed(int batches) {
        registry.counter("unifluid.worker.acknowledgements.failed").increment(batches);
    }

    public void readerError() {
        registry.counter("unifluid.worker.reader.errors").increment();
    }

    public void publishFailed() {
        registry.counter("unifluid.worker.publish.failures").increment();
    }

    public void deadLetter() {
        registry.counter("unifluid.worker.dead.letters").increment();
    }

    public void alreadyReported(int items) {
        if (items > 0) {
            registry.counter("unifluid.worker.items.already.reported").increment(items);
        }
    }

    public void outcomes(List<Outcome> outcomes) {
        Map<String, Integer> counts = new HashMap<>();
        for (Outcome outcome : outcomes) {
            String name = outcome.getKind() == OutcomeKind.SUCCEEDED
                    ? "succeeded"
                    : "failed_" + outcome.getFailure().name().toLowerCase(Locale.ROOT);
            counts.merge(name, 1, Integer::sum);
        }
        counts.forEach((name, count) ->
                registry.counter("unifluid.worker.items", "outcome", name).increment(count));
    }

    public void prepared(long fetchNanos, long preprocessNanos) {
        fetch.record(fetchNanos, TimeUnit.NANOSECONDS);
        preprocess.record(preprocessNanos, TimeUnit.NANOSECONDS);
    }

    public void ran(Lane lane, int items, BatchOutcome result) {
        busy((long) (result.callerMillis() * 1e6));
        registry.timer("unifluid.worker.inference", "lane", lane.name())
                .record((long) (result.inferenceMillis() * 1e6), TimeUnit.NANOSECONDS);
        summary("unifluid.worker.batch.size", lane).record(items);
        summary("unifluid.worker.batch.padding.share", lane).record(result.paddingShare());
        registry.counter("unifluid.worker.pictures.encoded", "lane", lane.name())
                .increment(result.encodedPictures());
    }

    private DistributionSummary summary(String name, Lane lane) {
        return registry.summary(name, "lane", lane.name());
    }

    /** A batch kept the device's callers so long, and nothing came of it. */
    public void busy(long nanos) {
        busyNanos.addAndGet(nanos);
    }

    public void idleWhileWorkWaited(long nanos) {
        idleNanos.addAndGet(Math.max(0, nanos));
    }
}
