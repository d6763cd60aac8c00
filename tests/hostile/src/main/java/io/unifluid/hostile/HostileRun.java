package io.unifluid.hostile;

import io.unifluid.blobs.BlobStores;
import io.unifluid.hostile.attack.Arsenal;
import io.unifluid.hostile.attack.Attacks;
import io.unifluid.hostile.attack.Fate;
import io.unifluid.hostile.attack.Pictures;
import io.unifluid.hostile.attack.Registry;
import io.unifluid.schemas.AvroSerdes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Two tenants work, a third does its worst, and the judge hears all that was seen. */
final class HostileRun {
    /** How long nothing may be heard of what is due before it counts as unheard, on a machine that does everything at once. */
    static final Duration PATIENCE = Duration.ofSeconds(150);

    /** After a standstill of the machine, which the broker shares, an app may say that it is not ready for so long. */
    private static final Duration EXCUSE = Duration.ofSeconds(60);

    private final Target target;
    private final Plan plan;
    private final Judge judge;
    private final Consumer<String> news;

    /**
     * What a run does.
     *
     * @param seed of everything that is drawn
     * @param rounds at least; each has every kind of attack
     * @param atLeast rounds go on for so long
     * @param pictures hostile pictures a round
     * @param rate hostile records a second at the most
     * @param innocentRate requests a second of both good tenants together
     * @param filling requests with large pictures before the first look at memory, so that the stores' cache and write
     *     buffers, which grow to a bound by design, are there
     * @param warmUp how long the good tenants are alone before that look
     */
    record Plan(
            long seed,
            int rounds,
            Duration atLeast,
            int pictures,
            double rate,
            double innocentRate,
            int filling,
            Duration warmUp) {}

    HostileRun(Target target, Plan plan, Judge judge, Consumer<String> news) {
        this.target = target;
        this.plan = plan;
        this.judge = judge;
        this.news = news;
    }

    /** Evidence and what follows from it. */
    record Trial(Evidence evidence, RunReport report) {}

    Trial run(Path canaryFolder) throws InterruptedException {
        var began = Instant.now();
        var serdes = new AvroSerdes(target.registry());
        var canaries = Canaries.in(canaryFolder, List.of("java.util.Formatter.txt", "java.io.File.txt"));
        var complaints = new CopyOnWriteArrayList<Complaint>();
        try (var standstills = new Standstills();
                var registry = new Registry(target.registryUrl());
                var blobs = BlobStores.open(target.blobs().toString());
                var witness = new Witness(target.operator(), serdes);
                var innocents = new Innocents(plan.seed(), target.client(), serdes, blobs, target.partitions());
                var sender = new Sender(target.attacker(), plan.rate())) {
            innocents.learnAnswers(witness);
            innocents.fillStores(plan.filling(), witness);
            innocents.start(plan.innocentRate());
            Thread.sleep(plan.warmUp());
            var before = looks();
            var firstRound = before;
            news.accept(String.format(
                    "%d innocent requests sent; the attack begins",
                    innocents.sent().size()));

            var watch = Thread.ofVirtual().start(() -> watch(complaints));
            var landed = new ArrayList<Sender.Landed>();
            long end = System.nanoTime() + plan.atLeast().toNanos();
            for (int round = 0; round < plan.rounds() || System.nanoTime() < end; round++) {
                var choice = new Random(plan.seed() + round);
                var arsenal = new Arsenal(
                        plan.seed(),
                        round,
                        plan.pictures(),
                        target.partitions(),
                        registry,
                        serdes,
                        blobs,
                        canaries.folder(),
                        Innocents.scenes(),
                        () -> innocents.anId(choice));
                landed.addAll(sender.sendAll(Attacks.round(arsenal)));
                witness.requireSound();
                if (round == 0 && plan.rounds() > 1) {
                    settle(witness, List.of(), landed);
                    firstRound = looks();
                }
                news.accept(String.format(
                        "round %d: %d hostile records, %d innocent requests",
                        round + 1, landed.size(), innocents.sent().size()));
            }
            innocents.finish();
            settle(witness, innocents.sent(), landed);
            watch.interrupt();
            watch.join();
            var after = looks();

            var evidence = new Evidence(
                    innocents.sent(),
                    landed,
                    witness.results(),
                    witness.letters(),
                    witness.oddities(),
                    complaints.stream()
                            .filter(complaint -> !standstills.within(EXCUSE, complaint.atNanos()))
                            .map(Complaint::sentence)
                            .toList(),
                    canaries.touched(),
                    target.audit().broken(true),
                    apps(before, firstRound, after));
            return new Trial(evidence, report(began, evidence, standstills.seconds()));
        }
    }

    private record Complaint(String sentence, long atNanos) {}

    private void watch(List<Complaint> complaints) {
        try {
            while (true) {
                for (var app : target.apps()) {
                    app.notReady()
                            .ifPresent(
                                    why -> complaints.add(new Complaint(app.name() + ": " + why, System.nanoTime())));
                }
                Thread.sleep(500);
            }
        } catch (InterruptedException e) {
            // the run is over
        }
    }

    /** Waits until everybody has what the promise gives, or nothing comes any more; then for what must not come. */
    private void settle(Witness witness, List<Innocents.Sent> innocent, List<Sender.Landed> landed)
            throws InterruptedException {
        long unheard = unheard(witness, innocent, landed);
        for (long end = System.nanoTime() + PATIENCE.toNanos(); unheard > 0 && System.nanoTime() < end; ) {
            witness.requireSound();
            Thread.sleep(250);
            long still = unheard(witness, innocent, landed);
            if (still < unheard) {
                end = System.nanoTime() + PATIENCE.toNanos();
            }
            unheard = still;
        }
        Thread.sleep(3_000);
    }

    private static long unheard(Witness witness, List<Innocents.Sent> innocent, List<Sender.Landed> landed) {
        var unanswered =
                innocent.stream().filter(sent -> !witness.hasResult(sent.id())).count();
        return unanswered
                + landed.stream()
                        .filter(shot -> shot.fate() != Fate.UNHEARD && shot.at().isPresent())
                        .filter(shot -> shot.id().filter(witness::hasResult).isEmpty()
                                && !witness.hasLetter(shot.at().get()))
                        .count();
    }

    private List<AppProbe.Look> looks() {
        return target.apps().stream().map(AppProbe::look).toList();
    }

    private List<Evidence.AppReport> apps(
            List<AppProbe.Look> before, List<AppProbe.Look> firstRound, List<AppProbe.Look> after) {
        var reports = new ArrayList<Evidence.AppReport>();
        for (int i = 0; i < before.size(); i++) {
            var app = target.apps().get(i);
            reports.add(
                    new Evidence.AppReport(app.name(), before.get(i), firstRound.get(i), after.get(i), app.keeps()));
        }
        return reports;
    }

    private RunReport report(Instant began, Evidence evidence, double standstillSeconds) {
        Map<String, Integer> kinds = new HashMap<>();
        evidence.hostile().forEach(shot -> kinds.merge(shot.kind(), 1, Integer::sum));
        var slowest = evidence.innocent().stream()
                .filter(sent -> evidence.results().containsKey(sent.id()))
                .mapToLong(sent -> evidence.results().get(sent.id()).getFirst().atNanos() - sent.atNanos())
                .max()
                .orElse(0);
        return new RunReport(
                began.toString(),
                plan.seed(),
                target.secured(),
                Duration.between(began, Instant.now()).toMillis() / 1e3,
                standstillSeconds,
                evidence.innocent().size(),
                slowest / 1e9,
                kinds,
                (int) evidence.hostile().stream()
                        .filter(shot -> shot.at().isEmpty())
                        .count(),
                kinds.entrySet().stream()
                        .filter(kind -> kind.getKey().startsWith(Pictures.KIND))
                        .mapToInt(Map.Entry::getValue)
                        .sum(),
                (int) evidence.results().keySet().stream()
                        .filter(id -> id.startsWith(Arsenal.TENANT))
                        .count(),
                evidence.letters().values().stream().mapToInt(Integer::intValue).sum(),
                evidence.apps(),
                judge.broken(evidence));
    }
}
