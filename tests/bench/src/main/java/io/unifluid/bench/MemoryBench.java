package io.unifluid.bench;

import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import io.unifluid.stack.Component;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Whether a process grows with the number of requests: the streams app with those that it has settled, with the no-op
 * model, and the worker with those that it has run, with the reference model. Everything runs here.
 */
final class MemoryBench {
    private static final int OUTSTANDING = 5_000;
    /** Several batches of each kind. */
    private static final int OUTSTANDING_FOR_WORKER = 200;

    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int ROWS = 10;
    private static final double PER = 100_000;
    /** Far more than what is outstanding, far less than what passes. */
    private static final String KEPT_BYTES = Integer.toString(128 << 20);

    private static final String SEGMENT_BYTES = Integer.toString(32 << 20);

    private MemoryBench() {}

    /** @param oldMiB the old generation of its heap, with the garbage in it; NaN where there is no jstat */
    record Sample(double seconds, int finished, double residentMiB, double oldMiB) {}

    /**
     * @param samples every ten seconds, one at the first request and one after the last result
     * @param perSecond results a second
     */
    record Measured(List<Sample> samples, double perSecond) {
        Measured {
            samples = List.copyOf(samples);
        }

        double firstMiB() {
            return samples.getFirst().residentMiB();
        }

        double lastMiB() {
            return samples.getLast().residentMiB();
        }

        /** The most of the second half over the most of the first. */
        double growth() {
            int half = samples.getLast().finished() / 2;
            return most(sample -> sample.finished() >= half) / most(sample -> sample.finished() < half);
        }

        private double most(Predicate<Sample> of) {
            return samples.stream()
                    .filter(of)
                    .mapToDouble(Sample::residentMiB)
                    .max()
                    .orElseThrow();
        }

        double mostMiB() {
            return samples.stream().mapToDouble(Sample::residentMiB).max().orElseThrow();
        }

        /**
         * Resident MiB for every 100,000 requests of the second half, by least squares; empty when it has too few
         * samples.
         */
        OptionalDouble slope() {
            int half = samples.getLast().finished() / 2;
            var second =
                    samples.stream().filter(sample -> sample.finished() >= half).toList();
            double meanX =
                    second.stream().mapToDouble(Sample::finished).average().orElseThrow();
            double meanY =
                    second.stream().mapToDouble(Sample::residentMiB).average().orElseThrow();
            double covariance = 0;
            double variance = 0;
            for (var sample : second) {
                covariance += (sample.finished() - meanX) * (sample.residentMiB() - meanY);
                variance += (sample.finished() - meanX) * (sample.finished() - meanX);
            }
            return second.size() < 3 ? OptionalDouble.empty() : OptionalDouble.of(PER * covariance / variance);
        }
    }

    static Measured ofStreamsApp(Path checkout, SamplePictures pictures, int requests) throws Exception {
        try (var stack = FreshStack.start(checkout, "memory")) {
            return measure(
                    stack,
                    Component.STREAMS,
                    new PictureRequests(pictures, "archive", Priority.BULK)::next,
                    OUTSTANDING,
                    requests);
        }
    }

    static Measured ofWorker(Path checkout, SamplePictures pictures, int requests) throws Exception {
        try (var stack = FreshStack.start(checkout, "worker-memory", Optional.empty())) {
            return measure(stack, Component.WORKER, new MixedRequests(pictures), OUTSTANDING_FOR_WORKER, requests);
        }
    }

    private static Measured measure(
            FreshStack stack, Component process, Supplier<InferenceRequest> source, int outstanding, int requests)
            throws Exception {
        try (var client = stack.client();
                var sampling = Executors.newSingleThreadScheduledExecutor()) {
            keepLittle(stack);
            long pid = stack.pid(process);
            var load = new Load(client, source, outstanding);
            var samples = new ArrayList<Sample>();
            long start = System.nanoTime();
            var sampler = sampling.scheduleAtFixedRate(
                    () -> samples.add(sample(pid, start, load.finished())), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
            load.send(requests);
            load.awaitAll();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (sampler.isDone()) {
                sampler.get(); // throws what ended it
            }
            sampling.shutdown();
            sampling.awaitTermination(1, TimeUnit.MINUTES);
            samples.add(sample(pid, start, load.finished()));
            var measured = new Measured(samples, requests / seconds);
            print(measured.samples());
            return measured;
        }
    }

    /** The topics keep what is under way and a little more, so that the disk does not bound the run. */
    static void keepLittle(FreshStack stack) throws Exception {
        var changes = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
        for (var topic : Topics.all()) {
            if (!topic.equals(Topics.STATUS)) {
                changes.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        List.of(
                                set(TopicConfig.RETENTION_BYTES_CONFIG, KEPT_BYTES),
                                set(TopicConfig.SEGMENT_BYTES_CONFIG, SEGMENT_BYTES)));
            }
        }
        try (var admin = Admin.create(stack.adminSettings())) {
            admin.incrementalAlterConfigs(changes).all().get(1, TimeUnit.MINUTES);
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static Sample sample(long pid, long start, int finished) {
        long resident = ProcStatus.residentKiB(pid);
        if (resident == 0) {
            throw new IllegalStateException("The process ended during the measurement.");
        }
        return new Sample((System.nanoTime() - start) / 1e9, finished, resident / 1024.0, OldGeneration.usedMiB(pid));
    }

    private static void print(List<Sample> samples) {
        System.out.printf("%n%10s %12s %14s %16s%n", "seconds", "requests", "resident MiB", "old heap MiB");
        int rows = Math.min(ROWS, samples.size());
        for (int row = 0; row < rows; row++) {
            var sample = samples.get(rows == 1 ? 0 : row * (samples.size() - 1) / (rows - 1));
            System.out.printf(
                    Locale.ROOT,
                    "%10.0f %12d %14.1f %16.1f%n",
                    sample.seconds(),
                    sample.finished(),
                    sample.residentMiB(),
                    sample.oldMiB());
        }
    }
}
