package io.unifluid.chaos;

import io.unifluid.blobs.BlobStores;
import io.unifluid.operations.audit.AuditReport;
import io.unifluid.operations.audit.Auditor;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.testkit.SampleArchive;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Load on a cluster, faults one after the other, and the auditor at the end. */
final class ChaosRun {
    private static final long BEFORE = 5_000;
    private static final Duration LAST_RESULT_WITHIN = Duration.ofMinutes(5);
    private static final int PICTURES = 12;

    private final Cluster cluster;
    private final long seed;
    private final double rate;
    private final int requests;
    private final Duration patience;
    private final Consumer<String> news;
    private final List<RunReport.FaultReport> faults = new ArrayList<>();
    private final List<String> endedByThemselves = new ArrayList<>();
    private long startedAt;

    /**
     * @param rate requests a second
     * @param requests the least number of them; sending goes on until the last fault is over
     * @param patience how long to wait for full rate before a fault, and again after it
     */
    ChaosRun(Cluster cluster, long seed, double rate, int requests, Duration patience, Consumer<String> news) {
        this.cluster = cluster;
        this.seed = seed;
        this.rate = rate;
        this.requests = requests;
        this.patience = patience;
        this.news = news;
    }

    RunReport run(List<Fault> schedule, Shape shape, String model) throws InterruptedException {
        var began = Instant.now();
        try (var load = new Load(cluster.bootstrapServers(), cluster.registryUrl(), seed, pictures())) {
            startedAt = Load.now();
            load.start(rate, requests);
            for (var fault : schedule) {
                inflict(fault, load);
            }
            load.finish();
            news.accept(
                    load.sent() + " requests sent, " + load.settledCount() + " with a result; waiting for the rest");
            awaitAll(load);
            double seconds = (Load.now() - startedAt) / 1e3;
            return report(began, load, seconds, audit(), shape, model);
        }
    }

    AuditReport audit() {
        return Auditor.of(cluster.bootstrapServers(), cluster.registryUrl(), Duration.ZERO)
                .audit();
    }

    private void inflict(Fault fault, Load load) throws InterruptedException {
        pause(fault.calm(), load);
        awaitFullRate(load);
        long at = Load.now();
        // A backlog that is being worked off must not raise the mark.
        double before = Math.min(rate, load.throughput().rate(at - BEFORE, at));
        news.accept(String.format(
                java.util.Locale.ROOT, "%6.1f s: %s, at %.0f results/s", (at - startedAt) / 1e3, fault, before));
        cluster.inject(fault);
        pause(fault.hold(), load);
        double held = (Load.now() - at) / 1e3;
        cluster.heal(fault);
        awaitReady();
        long giveUpAt = Load.now() + patience.toMillis();
        Optional<Long> recovery = load.throughput().recovery(at, Load.now(), before);
        while (recovery.isEmpty() && Load.now() < giveUpAt) {
            pause(Duration.ofMillis(200), load);
            recovery = load.throughput().recovery(at, Load.now(), before);
        }
        faults.add(new RunReport.FaultReport(
                fault.kind(),
                fault.target() + 1,
                (at - startedAt) / 1e3,
                held,
                before,
                recovery.map(millis -> millis / 1e3).orElse(null),
                load.throughput().silence(at, Load.now()) / 1e3));
        news.accept("          full rate after "
                + recovery.map(millis -> millis / 1e3 + " s").orElse("more than " + patience.toSeconds() + " s"));
    }

    /** An app that gives up is started again, as a supervisor would, and the report says so. */
    private void awaitReady() {
        while (true) {
            try {
                cluster.awaitReady();
                return;
            } catch (EnvironmentProblem e) {
                var ended = cluster.startEnded();
                if (ended.isEmpty()) {
                    throw e;
                }
                endedByThemselves.addAll(ended);
                news.accept("          " + ended + " ended by themselves (" + e.getMessage() + ")");
            }
        }
    }

    /** Fresh processes are slow, and what is slow anyway cannot show what a fault does. */
    private void awaitFullRate(Load load) throws InterruptedException {
        long giveUpAt = Load.now() + patience.toMillis();
        while (load.throughput().rate(Load.now() - BEFORE, Load.now()) < 0.9 * rate && Load.now() < giveUpAt) {
            pause(Duration.ofMillis(200), load);
        }
    }

    private void pause(Duration time, Load load) throws InterruptedException {
        load.requireSound();
        Thread.sleep(time);
    }

    private void awaitAll(Load load) throws InterruptedException {
        long giveUpAt = Load.now() + LAST_RESULT_WITHIN.toMillis();
        while (load.settledCount() < load.sent() && Load.now() < giveUpAt) {
            load.requireSound();
            endedByThemselves.addAll(cluster.startEnded());
            Thread.sleep(200);
        }
        Thread.sleep(3_000); // a second result would come about now
    }

    private RunReport report(Instant began, Load load, double seconds, AuditReport audit, Shape shape, String model) {
        return new RunReport(
                began.toString(),
                seed,
                model,
                shape,
                rate,
                audit.requests(),
                audit.sentAgain(),
                load.refused(),
                audit.byStatus(),
                audit.open().count(),
                audit.second().count(),
                audit.orphans().count(),
                audit.deadLetters().requests() + audit.deadLetters().others(),
                audit.mostAttempts(),
                seconds,
                faults,
                endedByThemselves,
                audit.broken(true));
    }

    /** Half of them inline, half as claims. */
    private List<ImageRef> pictures() {
        var pictures = new ArrayList<ImageRef>();
        try (var store = BlobStores.open(cluster.blobs().toString())) {
            for (var scene : SampleArchive.scenes().subList(0, PICTURES)) {
                var bytes = scene.bytes();
                var picture = ImageRef.newBuilder().setMediaType("image/png");
                pictures.add(
                        pictures.size() % 2 == 0
                                ? picture.setBytes(ByteBuffer.wrap(bytes)).build()
                                : picture.setUri(store.put(bytes).toUri().toString())
                                        .build());
            }
        }
        return pictures;
    }
}
