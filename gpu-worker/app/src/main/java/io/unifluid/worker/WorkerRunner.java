package io.unifluid.worker;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelInfo;
import io.unifluid.worker.config.Sentences;
import io.unifluid.worker.config.WorkerContext;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A worker inside any process: {@link #start()}, {@link #awaitReady}, {@link #close()}. Owns the context that all of it
 * lives in. One use only.
 */
public final class WorkerRunner implements AutoCloseable {
    private final ApplicationContext context;
    private PrometheusMeterRegistry metrics;
    private volatile Worker worker;

    private WorkerRunner(ApplicationContext context) {
        this.context = context;
    }

    /** Runs what the settings name. */
    public WorkerRunner(WorkerSettings settings) {
        this(WorkerContext.of(settings));
    }

    /** @param models opens the model, which this worker then closes; for models that no bundle holds */
    public WorkerRunner(WorkerSettings settings, Supplier<LoadedModel> models) {
        this(WorkerContext.of(settings, (ModelSource) models::get));
    }

    /**
     * As this process is configured: files, system properties, variables.
     *
     * @throws IllegalArgumentException with one sentence about a variable that nothing reads
     */
    static WorkerRunner ofProcess(Map<String, String> variables) {
        return new WorkerRunner(WorkerContext.ofProcess(variables));
    }

    /**
     * Loads the model, prepares the share groups and begins to take work.
     *
     * @throws WorkerStartException with one sentence, if something around the worker is not as it must be
     * @throws io.unifluid.inference.BundleException with one sentence, if the model cannot be used
     * @throws IllegalArgumentException with one sentence about a setting
     */
    public void start() throws InterruptedException {
        try {
            context.start();
            metrics = context.getBean(PrometheusMeterRegistry.class);
            worker = context.getBean(Worker.class);
            worker.start();
        } catch (RuntimeException e) {
            close();
            throw Sentences.unwrapped(e);
        } catch (InterruptedException e) {
            close();
            throw e;
        }
    }

    /**
     * Waits until every reader has joined its group.
     *
     * @return false if that took longer
     */
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return worker.awaitReady(atMost);
    }

    /** The model that runs; after {@link #start()}. */
    public ModelInfo model() {
        return worker.model();
    }

    /** Metrics as Prometheus text. */
    public String metrics() {
        return metrics.scrape();
    }

    /** Why this worker is of no use any more and should be started anew, if so. */
    public Optional<String> illness() {
        return worker.illness();
    }

    /**
     * Takes nothing new, finishes and acknowledges the batch on the device, releases the others, and closes everything;
     * takes at most the setting {@code drain} and a few seconds.
     */
    @Override
    public void close() {
        Worker started = worker;
        if (started != null) {
            started.end();
        }
        context.close();
    }
}
