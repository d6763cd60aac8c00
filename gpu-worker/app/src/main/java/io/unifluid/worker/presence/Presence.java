package io.unifluid.worker.presence;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.worker.config.WorkerStartException;
import io.unifluid.worker.metrics.WorkerMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on {@code unifluid.workers} that this worker runs and what it runs: before it takes work, again all along, and at
 * a clean end that it is gone. A worker that ends without a word is forgotten after {@link #VALID_FOR}.
 */
public final class Presence implements AutoCloseable {
    public static final Duration VALID_FOR = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(Presence.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(15);
    private static final Duration LAST_WITHIN = Duration.ofSeconds(2);

    private final Producer<byte[], byte[]> producer;
    private final Serializer<WorkerAnnouncement> serializer;
    private final WorkerAnnouncement announcement;
    private final BooleanSupplier fit;
    private final InstantSource clock;
    private final WorkerMetrics metrics;
    private final ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("presence").factory());

    /**
     * @param announcement all but its time
     * @param fit whether the worker does its work; one that does not is silent
     */
    public Presence(
            Producer<byte[], byte[]> producer,
            Serializer<WorkerAnnouncement> serializer,
            WorkerAnnouncement announcement,
            BooleanSupplier fit,
            InstantSource clock,
            WorkerMetrics metrics) {
        this.producer = producer;
        this.serializer = serializer;
        this.announcement = announcement;
        this.fit = fit;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** @throws WorkerStartException with one sentence, if it cannot be said now */
    public void begin() throws InterruptedException {
        try {
            producer.send(record(said())).get(FIRST_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new WorkerStartException(
                    "The worker cannot announce itself on " + Topics.WORKERS.name() + " (" + reason(e)
                            + "); check that the topic exists and that this worker may write it.",
                    e);
        }
        pulse.scheduleAtFixedRate(this::again, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void again() {
        if (!fit.getAsBoolean()) {
            return;
        }
        try {
            producer.send(record(said()), (_, failure) -> {
                if (failure != null) {
                    missed(failure);
                }
            });
        } catch (RuntimeException e) {
            missed(e);
        }
    }

    private void missed(Exception failure) {
        metrics.publishFailed();
        log.warn("The worker could not say that it still runs: {}", failure.getMessage());
    }

    /** Says that the worker takes nothing new, and is silent from then on. */
    @Override
    public void close() {
        boolean begun = !pulse.isShutdown() && announcement.getAt().toEpochMilli() > 0;
        pulse.shutdownNow();
        if (!begun) {
            return;
        }
        try {
            pulse.awaitTermination(LAST_WITHIN.toMillis(), TimeUnit.MILLISECONDS); // Nothing comes after the last word.
            producer.send(record(null)).get(LAST_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            log.warn(
                    "The worker could not say that it ends; it counts as running for {} s more.",
                    VALID_FOR.toSeconds());
        }
    }

    private byte[] said() {
        announcement.setAt(clock.instant());
        return serializer.serialize(Topics.WORKERS.name(), announcement);
    }

    private ProducerRecord<byte[], byte[]> record(byte[] value) {
        byte[] key = announcement.getWorker().getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(Topics.WORKERS.name(), key, value);
    }

    private static String reason(Exception e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? "no answer within " + FIRST_WITHIN.toSeconds() + " s" : cause.getMessage();
    }
}
