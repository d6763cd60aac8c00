package io.unifluid.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.unifluid.stack.StackSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Measures the figures that this project promises and prints them as a table; the same figures go to a JSON file. Rates
 * that are compared come out of one run on one machine, alternately, so that a noisy neighbour harms both.
 *
 * <p>Usage: {@code Bench <checkout folder> [captions|peers|noop|latency|price|backlog|costs|memory|worker-memory|pictures|restarts|recovery|starts|moderation|domain|precision|decoding|compiled|classifier|archive|archive-memory|gateway]..}; captions and noop by default.
 */
public final class Bench {
    private static final String BUNDLE = "gpu-worker/reference-model/bundle";
    /** Of the engine, before the whole path and again after it. */
    private static final int ROUNDS = 3;

    private Bench() {}

    /** One line of the table. */
    record Figure(String name, double value, String unit, String goal, boolean reached) {}

    public static void main(String[] arguments) throws Exception {
        var checkout = Path.of(arguments[0]).toAbsolutePath().normalize();
        var given = List.of(arguments).subList(1, arguments.length);
        var options = Options.of(given);
        var pictures = SamplePictures.of(checkout.resolve("infra/sample-archive"));
        for (var part : options.parts()) {
            var figures = new ArrayList<Figure>();
            switch (part) {
                case "peers" -> peers(checkout, pictures, options.rounds(), figures);
                case "captions" -> captions(checkout, pictures, figures);
                case "noop" -> noOp(checkout, pictures, figures);
                case "latency" -> latency(checkout, pictures, figures);
                case "price" -> price(checkout, options.before(), pictures, options.requests(20_000), figures);
                case "backlog" -> backlog(checkout, pictures, options.backlog(), figures);
                case "costs" -> costs(checkout, pictures, options.most(), figures);
                case "memory" -> memory(checkout, pictures, options.requests(1_000_000), figures);
                case "worker-memory" -> workerMemory(checkout, pictures, options.requests(22_000), figures);
                case "pictures" -> pictures(options.before(), figures);
                case "restarts" -> restarts(checkout, pictures, figures);
                case "recovery" -> recovery(checkout, pictures, options.backlog(), figures);
                case "moderation" -> moderation(checkout, pictures, options, figures);
                case "archive" -> archive(checkout, pictures, options, figures);
                case "archive-memory" -> archiveMemory(checkout, pictures, options.items(), figures);
                case "domain" -> domain(checkout, pictures, options.rounds(), figures);
                case "precision" -> precision(checkout, pictures, options.rounds(), figures);
                case "gateway" -> gateway(checkout, pictures, options, figures);
                case "classifier" -> classifier(checkout, options.rounds(), figures);
                case "compiled" -> compiled(checkout, options.rounds(), figures);
                case "decoding" -> decoding(checkout, options.rounds(), figures);
                case "starts" -> starts(checkout, options.before(), figures);
                default -> throw new IllegalArgumentException("There is no part '" + part + "'.");
            }
            print(figures);
            write(checkout.resolve("tests/bench/results/" + options.named(part) + ".json"), given, figures);
        }
    }

    private static void captions(Path checkout, SamplePictures pictures, List<Figure> figures) throws Exception {
        var rounds = new ArrayList<EngineBench.Rates>();
        try (var engine = new EngineBench(checkout.resolve(BUNDLE), pictures)) {
            engine.round();
            for (int round = 0; round < ROUNDS; round++) {
                rounds.add(engine.round());
            }
        }
        var path = PathBench.captions(checkout, pictures);
        try (var engine = new EngineBench(checkout.resolve(BUNDLE), pictures)) {
            engine.round();
            for (int round = 0; round < ROUNDS; round++) {
                rounds.add(engine.round());
            }
            figures.add(informs("engine, batches at once at its best", engine.callers(), "batches"));
        }

        var best = median(rounds, EngineBench.Rates::best);
        figures.add(informs("engine alone, at its best", best, "captions/s"));
        figures.add(
                informs("engine alone, one thread, batched", median(rounds, EngineBench.Rates::batched), "captions/s"));
        figures.add(informs(
                "engine alone, one thread, one by one", median(rounds, EngineBench.Rates::oneByOne), "captions/s"));
        figures.add(atLeast(
                "batched / one by one", median(rounds, round -> round.batched() / round.oneByOne()), "ratio", 3.0));
        figures.add(informs("whole path, captions", path.perSecond(), "captions/s"));
        figures.add(atLeast("whole path / engine alone", path.perSecond() / best, "ratio", 0.85));
        figures.add(informs("whole path, device busy", path.deviceBusy(), "of its time"));
        figures.add(informs("whole path, mean batch size", path.meanBatch(), "items"));
        figures.add(atMost("`unifluid up` to ready, warm", path.upSeconds(), "s", 15));
        figures.add(atMost("resident memory of the stack", path.residentMiB() / 1024, "GiB", 2.5));
    }

    /** What it costs to say how unlike its world each picture is. */
    private static void domain(Path checkout, SamplePictures pictures, int rounds, List<Figure> figures)
            throws Exception {
        var measured = rounds(DomainBench.open(checkout, checkout.resolve(BUNDLE), pictures), rounds);
        figures.add(informs("rounds", rounds, ""));
        figures.add(informs("with the measure, processor time", median(measured, ModelPair.Round::one), "ms/caption"));
        figures.add(atMost(
                "with the measure / without", median(measured, round -> round.one() / round.other()), "ratio", 1.03));
    }

    /** What 8-bit products save, for captions and for questions. */
    private static void precision(Path checkout, SamplePictures pictures, int rounds, List<Figure> figures)
            throws Exception {
        var bundle = checkout.resolve(BUNDLE);
        figures.add(informs("rounds", rounds, ""));
        saved("captions", rounds(PrecisionBench.captions(bundle, pictures), rounds), figures);
        saved("one question", rounds(PrecisionBench.questions(bundle, pictures, 1), rounds), figures);
        saved("five questions", rounds(PrecisionBench.questions(bundle, pictures, 5), rounds), figures);
    }

    private static void saved(String what, List<ModelPair.Round> measured, List<Figure> figures) {
        figures.add(informs(what + ", 8 bits, processor time", median(measured, ModelPair.Round::one), "ms/picture"));
        figures.add(informs(what + ", floats, processor time", median(measured, ModelPair.Round::other), "ms/picture"));
        figures.add(informs(what + ", 8 bits / floats", median(measured, r -> r.one() / r.other()), "ratio"));
    }

    private static List<ModelPair.Round> rounds(ModelPair pair, int rounds) {
        try (pair) {
            return Stream.generate(pair::round).limit(rounds).toList();
        }
    }

    /** The same loop in one graph, beside the steps. */
    private static void compiled(Path checkout, int rounds, List<Figure> figures) throws Exception {
        var twin = LargeTwin.of(checkout);
        figures.add(informs("rounds", rounds, ""));
        compiled("alone", CompiledBench.alone(twin), rounds, figures);
        compiled("eight that end together", CompiledBench.together(twin), rounds, figures);
        compiled("eight that end apart", CompiledBench.apart(twin), rounds, figures);
    }

    private static void compiled(String what, CompiledBench bench, int rounds, List<Figure> figures) {
        try (bench) {
            var measured = bench.rounds(rounds);
            figures.add(informs(
                    what + ", one graph, processor time", median(measured, CompiledBench.Round::compiled), "ms/token"));
            figures.add(informs(
                    what + ", steps, processor time", median(measured, CompiledBench.Round::steps), "ms/token"));
            figures.add(
                    informs(what + ", one graph / steps", median(measured, r -> r.compiled() / r.steps()), "ratio"));
        }
    }

    /** The loop over a public model's decoder, beside the same one in Python. */
    private static void decoding(Path checkout, int rounds, List<Figure> figures) throws Exception {
        var measured = new ArrayList<DecodingBench.Round>();
        try (var bench = new DecodingBench(checkout)) {
            for (int round = 0; round < rounds; round++) {
                measured.add(bench.round());
            }
        }
        figures.add(informs("rounds", rounds, ""));
        figures.add(informs("our loop", median(measured, DecodingBench.Round::ours), "ms/token"));
        figures.add(
                informs("our loop, processor time", median(measured, DecodingBench.Round::oursProcessor), "ms/token"));
        if (measured.stream().allMatch(round -> round.peer().isPresent())) {
            figures.add(informs(
                    "Python onnxruntime, processor time",
                    median(measured, round -> round.peer().orElseThrow().processorMillis()),
                    "ms/token"));
            figures.add(atMost(
                    "our loop / Python onnxruntime, processor time",
                    median(
                            measured,
                            round -> round.oursProcessor()
                                    / round.peer().orElseThrow().processorMillis()),
                    "ratio",
                    1.0));
        }
    }

    /** Photographs judged by a trained classifier, beside Python. */
    private static void classifier(Path checkout, int rounds, List<Figure> figures) throws Exception {
        var bench = ClassifierBench.of(checkout);
        if (bench.isEmpty()) {
            return;
        }
        var measured = new ArrayList<ClassifierBench.Round>();
        for (int round = 0; round < rounds; round++) {
            measured.add(bench.get().round());
            System.out.println(measured.getLast());
        }
        figures.add(informs("rounds", rounds, ""));
        figures.add(informs("engine with decoding", median(measured, ClassifierBench.Round::engine), "pictures/s"));
        figures.add(informs(
                "engine with decoding, processor time",
                median(measured, ClassifierBench.Round::engineProcessor),
                "ms/picture"));
        figures.add(informs("whole path", median(measured, round -> round.path().perSecond()), "pictures/s"));
        figures.add(informs(
                "whole path, processor time",
                median(measured, round -> round.path().processorMillis()),
                "ms/picture"));
        figures.add(atLeast(
                "whole path / engine with decoding",
                median(measured, round -> round.path().perSecond() / round.engine()),
                "ratio",
                0.85));
        if (measured.stream().noneMatch(round -> round.python().isEmpty())) {
            figures.add(informs(
                    "Python onnxruntime with Pillow at its best",
                    median(measured, ClassifierBench.Round::pythonAtBest),
                    "pictures/s"));
            figures.add(informs(
                    "Python onnxruntime with Pillow, least processor time",
                    median(measured, ClassifierBench.Round::leastOfPython),
                    "ms/picture"));
            figures.add(atLeast(
                    "whole path / Python onnxruntime with Pillow at its best",
                    median(measured, round -> round.path().perSecond() / round.pythonAtBest()),
                    "ratio",
                    1.0));
            figures.add(informs(
                    "engine with decoding / Python onnxruntime with Pillow at its best",
                    median(measured, round -> round.engine() / round.pythonAtBest()),
                    "ratio"));
        }
    }

    /** What users could pick instead, beside us. */
    private static void peers(Path checkout, SamplePictures pictures, int rounds, List<Figure> figures)
            throws Exception {
        var bench = new PeersBench(checkout, pictures);
        var measured = new ArrayList<PeersBench.Round>();
        for (int round = 1; round <= rounds; round++) {
            measured.add(bench.round(round));
        }
        figures.add(informs("rounds", rounds, ""));
        figures.add(informs(
                "engine alone, at its best",
                median(measured, round -> round.engine().best()),
                "captions/s"));
        figures.add(informs("whole path", median(measured, round -> round.path().perSecond()), "captions/s"));
        PeersBench.rates(measured).forEach((peer, rate) -> figures.add(informs(peer, rate, "captions/s")));
        figures.add(atLeast(
                "batched / one by one, one thread each",
                median(
                        measured,
                        round -> round.engine().batched() / round.engine().oneByOne()),
                "ratio",
                3.0));
        figures.add(atLeast(
                "whole path / engine alone at its best",
                median(
                        measured,
                        round -> round.path().perSecond() / round.engine().best()),
                "ratio",
                0.85));
        if (measured.stream().allMatch(round -> round.bestOnnxRuntime().isPresent())) {
            figures.add(atLeast(
                    "engine alone at its best / Python onnxruntime at its best",
                    median(
                            measured,
                            round -> round.engine().best()
                                    / round.bestOnnxRuntime().orElseThrow()),
                    "ratio",
                    1.10));
        }
        if (measured.stream().noneMatch(round -> round.processorMillis().isEmpty())) {
            figures.add(informs(
                    "engine alone, processor time",
                    median(measured, PeersBench.Round::engineProcessorMillis),
                    "ms/caption"));
            figures.add(atLeast(
                    "least processor time of Python onnxruntime / engine alone",
                    median(
                            measured,
                            round -> Collections.min(round.processorMillis().values()) / round.engineProcessorMillis()),
                    "ratio",
                    1.10));
        }
        if (measured.stream().allMatch(round -> round.twoActors().isPresent())) {
            figures.add(atLeast(
                    "whole path / Ray Data with two actors",
                    median(
                            measured,
                            round ->
                                    round.path().perSecond() / round.twoActors().orElseThrow()),
                    "ratio",
                    1.0));
        }
    }

    private static <R> double median(List<R> rounds, ToDoubleFunction<R> figure) {
        var values = rounds.stream().mapToDouble(figure).sorted().toArray();
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }

    private static void noOp(Path checkout, SamplePictures pictures, List<Figure> figures) throws Exception {
        var noop = PathBench.noOp(checkout, pictures);
        figures.add(atLeast("whole path, no-op model", noop.perSecond(), "requests/s", 2000));
    }

    private static void latency(Path checkout, SamplePictures pictures, List<Figure> figures) throws Exception {
        var measured = LatencyBench.measure(checkout, pictures);
        measured.stages().forEach((stage, millis) -> figures.add(informs(stage, millis, "ms")));
        figures.add(informs("interactive, idle, p50", LatencyBench.median(measured.requests()), "ms"));
        figures.add(informs("one transaction, p50", LatencyBench.median(measured.transactions()), "ms"));
        figures.add(atMost("interactive / one transaction", measured.ratio(), "ratio", 5));
    }

    private static void price(Path checkout, String before, SamplePictures pictures, int requests, List<Figure> figures)
            throws Exception {
        var written = PriceBench.records(checkout, pictures, requests);
        written.byTopic().forEach((topic, count) -> figures.add(informs(topic, count, "records")));
        figures.add(atMost("records written per bulk request", written.records(), "records", 9));
        figures.add(atMost("times that a picture's bytes are written", written.pictures(), "times", 2.5));
        var rates = PriceBench.rates(checkout, pictures, requests);
        figures.add(informs("whole path, no-op", LatencyBench.median(rates.path()), "requests/s"));
        figures.add(informs("bare pass-through", LatencyBench.median(rates.bare()), "requests/s"));
        figures.add(atLeast(
                "no-op path / bare pass-through",
                LatencyBench.median(rates.path()) / LatencyBench.median(rates.bare()),
                "ratio",
                0.40));
        if (!before.isEmpty()) {
            var now = new ArrayList<Double>();
            var then = new ArrayList<Double>();
            var earlier = Path.of(before).toAbsolutePath();
            now.addAll(PriceBench.processorTime(checkout, pictures, requests));
            then.addAll(PriceBench.processorTime(earlier, pictures, requests));
            figures.add(informs("processor time per request", LatencyBench.median(now), "ms"));
            figures.add(informs("the same before", LatencyBench.median(then), "ms"));
            figures.add(atMost(
                    "processor time, now / before",
                    LatencyBench.median(now) / LatencyBench.median(then),
                    "ratio",
                    0.25));
        }
    }

    private static void backlog(Path checkout, SamplePictures pictures, int requests, List<Figure> figures)
            throws Exception {
        var measured = BacklogBench.measure(checkout, pictures, requests);
        var idle = measured.idle();
        var behind = measured.behind();
        figures.add(informs("interactive, idle, p50", idle.percentile(0.50), "ms"));
        figures.add(informs("interactive, idle, p99", idle.percentile(0.99), "ms"));
        figures.add(informs("interactive, idle, measured", idle.samples().size(), "requests"));
        figures.add(informs("interactive, behind bulk, p50", behind.percentile(0.50), "ms"));
        figures.add(informs("interactive, behind bulk, p99", behind.percentile(0.99), "ms"));
        figures.add(
                informs("interactive, behind bulk, measured", behind.samples().size(), "requests"));
        var during = measured.whileReadIn();
        figures.add(informs("interactive, bulk is read in, p50", during.percentile(0.50), "ms"));
        figures.add(informs("interactive, bulk is read in, p99", during.percentile(0.99), "ms"));
        figures.add(informs(
                "interactive, bulk is read in, measured", during.samples().size(), "requests"));
        figures.add(atMost("p99 behind bulk / p99 idle", behind.percentile(0.99) / idle.percentile(0.99), "ratio", 2));
        figures.add(atMost(
                "p99 while bulk is read in / p99 idle", during.percentile(0.99) / idle.percentile(0.99), "ratio", 2));
        figures.add(informs("bulk left at the first of them", measured.depthAtFirst(), "requests"));
        figures.add(informs("bulk left after the last of them", measured.depthAtLast(), "requests"));
        figures.add(informs("bulk meanwhile", measured.bulkPerSecond(), "requests/s"));
    }

    private static void costs(Path checkout, SamplePictures pictures, boolean most, List<Figure> figures)
            throws Exception {
        var bench = new CostBench(checkout.resolve("gpu-worker/reference-model/bundle"), pictures);
        for (var cost : bench.measure(most)) {
            System.out.printf(
                    Locale.ROOT,
                    "%-36s said %9.1f ms, measured %9.1f ms (%9.1f ms by the clock)%n",
                    cost.name(),
                    cost.said(),
                    cost.measured(),
                    cost.wall());
            figures.add(atMost(cost.name() + ": measured / said", cost.underestimate(), "ratio", cost.goal()));
        }
    }

    private static void memory(Path checkout, SamplePictures pictures, int requests, List<Figure> figures)
            throws Exception {
        var measured = MemoryBench.ofStreamsApp(checkout, pictures, requests);
        figures.add(informs("streams app, settled", requests, "requests"));
        figures.add(informs("streams app, rate", measured.perSecond(), "requests/s"));
        figures.add(informs("streams app, resident at first", measured.firstMiB(), "MiB"));
        figures.add(informs("streams app, resident at last", measured.lastMiB(), "MiB"));
        figures.add(informs("streams app, most resident", measured.mostMiB(), "MiB"));
        measured.slope()
                .ifPresentOrElse(
                        slope -> figures.add(informs("growth per 100,000, second half", slope, "MiB")),
                        () -> System.out.println("Too few samples in the second half for a slope."));
    }

    private static void pictures(String before, List<Figure> figures) throws Exception {
        if (before.isEmpty()) {
            throw new IllegalArgumentException(
                    "Name an earlier build to compare with: --before CHECKOUT/gpu-worker/inference (see the README).");
        }
        for (var picture :
                PicturesBench.measure(Path.of(before).toAbsolutePath()).entrySet()) {
            var rates = picture.getValue();
            figures.add(informs(picture.getKey(), rates.now(), "per CPU s"));
            figures.add(atLeast(picture.getKey() + ", now / before", rates.now() / rates.before(), "ratio", 0.95));
        }
    }

    private static void restarts(Path checkout, SamplePictures pictures, List<Figure> figures) throws Exception {
        RestartBench.measure(checkout, pictures).forEach((component, seconds) -> {
            var name = component.title() + " killed, serving again, ";
            figures.add(informs(
                    name + "least", seconds.stream().min(Double::compare).orElseThrow(), "s"));
            figures.add(
                    atMost(name + "most", seconds.stream().max(Double::compare).orElseThrow(), "s", 15));
        });
    }

    private static void recovery(Path checkout, SamplePictures pictures, int backlog, List<Figure> figures)
            throws Exception {
        var seconds = RecoveryBench.measure(checkout, pictures, backlog);
        figures.add(informs("unfinished requests", backlog, ""));
        figures.add(informs("streams app killed, nothing unfinished", seconds.restarted(), "s"));
        figures.add(informs("streams app killed, all unfinished", seconds.restartedBehind(), "s"));
        figures.add(informs("one of two killed, nothing unfinished", seconds.takenOver(), "s"));
        figures.add(informs("one of two killed, all unfinished", seconds.takenOverBehind(), "s"));
        figures.add(informs("alone, unfinished / none", seconds.restartedBehind() / seconds.restarted(), "ratio"));
        figures.add(atMost(
                "with a standby, unfinished / none", seconds.takenOverBehind() / seconds.takenOver(), "ratio", 1.3));
    }

    private static void moderation(Path checkout, SamplePictures pictures, Options options, List<Figure> figures)
            throws Exception {
        for (var picture : ModerationBench.hashing(pictures).entrySet()) {
            var hashing = picture.getValue();
            figures.add(informs(picture.getKey() + ", decoded", hashing.decode(), "ms"));
            figures.add(atMost("PDQ / decoding it", hashing.hash() / hashing.decode(), "ratio", 0.3));
        }
        var measured = ModerationBench.measure(checkout, pictures, options.requests(6_000), options.rounds());
        var rounds = measured.rounds();
        figures.add(informs("five questions, whole path", median(rounds, ModerationBench.Round::path), "answers/s"));
        figures.add(informs("five questions, verdicts", median(rounds, ModerationBench.Round::verdicts), "verdicts/s"));
        figures.add(atLeast(
                "verdicts / whole path", median(rounds, round -> round.verdicts() / round.path()), "ratio", 0.95));
        figures.add(atMost("five questions / one", median(rounds, round -> round.one() / round.path()), "ratio", 1.5));
        figures.add(atMost("threshold in effect, the most of six", measured.thresholdSeconds(), "s", 2));
        figures.add(informs("stored verdicts, bytes read", measured.scanned(), "per s"));
        figures.add(informs("stored verdicts, read", measured.read(), "per s"));
        figures.add(informs("stored verdicts, replayed", measured.replayed(), "per s"));
        figures.add(atLeast("replayed / bytes read", measured.replayed() / measured.scanned(), "ratio", 0.4));
        figures.add(informs("replayed / read", measured.replayed() / measured.read(), "ratio"));
    }

    private static void gateway(Path checkout, SamplePictures pictures, Options options, List<Figure> figures)
            throws Exception {
        int lines = options.requests(50_000);
        var measured = GatewayBench.measure(checkout, pictures, options.only(), lines, options.rounds());
        measured.submissions().ifPresent(submissions -> {
            figures.add(informs("submissions of small JSON", submissions.ours(), "requests/s"));
            figures.add(informs("bare Micronaut endpoint", submissions.bare(), "requests/s"));
            figures.add(atLeast("submissions / bare endpoint", submissions.ratio(), "ratio", 0.6));
            figures.add(informs("submissions at half that rate, p99", submissions.p99(), "ms"));
            figures.add(atMost(
                    "p99 at half that rate / bare endpoint's", submissions.p99() / submissions.bareP99(), "ratio", 3));
        });
        measured.interactive().ifPresent(interactive -> {
            figures.add(informs("interactive question, p50", interactive.through(), "ms"));
            figures.add(atMost("of it the gateway's share", interactive.share(), "ratio", 0.15));
        });
        if (!measured.batches().isEmpty()) {
            figures.add(atMost(
                    "batch of " + lines + " lines, accepted after",
                    measured.median(GatewayBench.Batch::acceptedSeconds),
                    "s",
                    10));
            figures.add(informs("batch", measured.median(GatewayBench.Batch::perSecond), "lines/s"));
            figures.add(informs("whole path", measured.median(GatewayBench.Batch::path), "requests/s"));
            figures.add(
                    atLeast("batch / whole path", measured.median(one -> one.perSecond() / one.path()), "ratio", 0.95));
        }
        measured.streamsMiB()
                .ifPresent(more -> figures.add(atMost("1,000 open event streams, resident more", more, "MiB", 300)));
        measured.paintMillis()
                .ifPresent(millis -> figures.add(atMost("console, first contentful paint", millis, "ms", 1_000)));
    }

    private static void archive(Path checkout, SamplePictures pictures, Options options, List<Figure> figures)
            throws Exception {
        int items = options.requests(ArchiveBench.CAPTIONS);
        var ray = new ArrayList<Double>();
        ArchiveBench.ray(checkout, pictures, ArchiveBench.CAPTIONS).ifPresent(peer -> ray.add(peer.perSecond()));
        var captions = new ArrayList<ArchiveBench.Round>();
        try (var bench = new ArchiveBench(checkout, pictures, Optional.empty())) {
            for (int round = 0; round < options.rounds(); round++) {
                captions.add(bench.round(items));
            }
        }
        ArchiveBench.ray(checkout, pictures, ArchiveBench.CAPTIONS).ifPresent(peer -> ray.add(peer.perSecond()));
        rates("captions", captions, figures);
        double first = captions.stream()
                .mapToDouble(round -> round.command().firstRowsSeconds())
                .max()
                .orElseThrow();
        figures.add(atMost("first rows there, the most of all rounds", first, "s", 3));
        if (!ray.isEmpty()) {
            double peer = LatencyBench.median(ray);
            figures.add(informs("Ray Data, two actors, before and after", peer, "captions/s"));
            figures.add(atLeast(
                    "archive run / Ray Data",
                    median(captions, round -> round.command().perSecond()) / peer,
                    "ratio",
                    1.0));
        }
        var noOps = new ArrayList<ArchiveBench.Round>();
        try (var bench = new ArchiveBench(checkout, pictures, Optional.of(StackSettings.NOOP))) {
            for (int round = 0; round < options.rounds(); round++) {
                noOps.add(bench.round(items * ArchiveBench.NO_OPS_A_CAPTION));
            }
            rates("no-op", noOps, figures);
            var kept = bench.kept(ArchiveBench.FEW, 0);
            var larger = bench.kept(ArchiveBench.FEW / 5, 64 << 10);
            figures.add(informs("a picture", kept.pictureBytes(), "bytes"));
            figures.add(informs("the broker keeps of it, all topics", kept.brokerBytes(), "bytes"));
            figures.add(informs(
                    "times that the broker keeps a picture's bytes",
                    (larger.brokerBytes() - kept.brokerBytes()) / (larger.pictureBytes() - kept.pictureBytes()),
                    "times"));
            figures.add(informs("the destination keeps of it", kept.rowBytes(), "bytes"));
            figures.add(informs("archive verify", kept.verified(), "rows/s"));
        }
    }

    private static void archiveMemory(Path checkout, SamplePictures pictures, int items, List<Figure> figures)
            throws Exception {
        try (var bench = new ArchiveBench(checkout, pictures, Optional.of(StackSettings.NOOP))) {
            var few = bench.much(ArchiveBench.FEW);
            var many = bench.much(items);
            figures.add(informs("command, most resident, " + ArchiveBench.FEW + " items", few.mostMiB(), "MiB"));
            figures.add(informs("command, most resident, " + items + " items", many.mostMiB(), "MiB"));
            figures.add(informs("archive run, " + items + " items", many.perSecond(), "rows/s"));
            figures.add(informs("archive run, processor time", many.processorMillis(), "ms/row"));
            figures.add(atMost("many items / few, memory", many.mostMiB() / few.mostMiB(), "ratio", 1.1));
        }
    }

    private static void rates(String model, List<ArchiveBench.Round> rounds, List<Figure> figures) {
        figures.add(informs(model + ", whole path", median(rounds, ArchiveBench.Round::path), "results/s"));
        figures.add(informs(
                model + ", archive run", median(rounds, round -> round.command().perSecond()), "rows/s"));
        figures.add(informs(
                model + ", archive run, processor time",
                median(rounds, round -> round.command().processorMillis()),
                "ms/row"));
        figures.add(atLeast(
                model + ", archive run / whole path", median(rounds, ArchiveBench.Round::ratio), "ratio", 0.95));
    }

    private static void starts(Path checkout, String before, List<Figure> figures) throws Exception {
        if (before.isEmpty()) {
            throw new IllegalArgumentException(
                    "Name an earlier build to compare with: --before CHECKOUT (see the README).");
        }
        StartBench.measure(checkout, Path.of(before).toAbsolutePath()).forEach((app, measured) -> {
            var name = app.title();
            compare(name + ", ready after", measured, StartBench.Start::seconds, "s", figures);
            compare(name + ", processor until ready", measured, StartBench.Start::processorSeconds, "s", figures);
            compare(name + ", resident after a start", measured, StartBench.Start::residentMiB, "MiB", figures);
        });
    }

    private static void compare(
            String name,
            StartBench.Measured measured,
            ToDoubleFunction<StartBench.Start> figure,
            String unit,
            List<Figure> figures) {
        double now = StartBench.Measured.median(measured.now(), figure);
        figures.add(informs(name, now, unit));
        figures.add(atMost(
                name + ", now / before", now / StartBench.Measured.median(measured.before(), figure), "ratio", 1.1));
    }

    private static void workerMemory(Path checkout, SamplePictures pictures, int requests, List<Figure> figures)
            throws Exception {
        var measured = MemoryBench.ofWorker(checkout, pictures, requests);
        figures.add(informs("worker, ran", requests, "requests"));
        figures.add(informs("worker, rate", measured.perSecond(), "requests/s"));
        figures.add(informs("worker, resident at first", measured.firstMiB(), "MiB"));
        figures.add(informs("worker, resident at last", measured.lastMiB(), "MiB"));
        figures.add(informs("worker, most resident", measured.mostMiB(), "MiB"));
        figures.add(atMost("most of second half / of first", measured.growth(), "ratio", 1.05));
    }

    private static Figure informs(String name, double value, String unit) {
        return new Figure(name, value, unit, "", true);
    }

    private static Figure atLeast(String name, double value, String unit, double goal) {
        return new Figure(name, value, unit, ">= " + goal, value >= goal);
    }

    private static Figure atMost(String name, double value, String unit, double goal) {
        return new Figure(name, value, unit, "<= " + goal, value <= goal);
    }

    private static void print(List<Figure> figures) {
        System.out.printf("%n%-60s %12s  %-12s %-10s%n", "what", "measured", "unit", "goal");
        for (var figure : figures) {
            System.out.printf(
                    Locale.ROOT,
                    "%-60s %12.2f  %-12s %-10s %s%n",
                    figure.name(),
                    figure.value(),
                    figure.unit(),
                    figure.goal(),
                    figure.goal().isEmpty() ? "" : figure.reached() ? "reached" : "MISSED");
        }
    }

    private static void write(Path file, List<String> given, List<Figure> figures) throws Exception {
        var report = new LinkedHashMap<String, Object>();
        report.put("at", Instant.now().toString());
        report.put(
                "command",
                String.join(" ", "tests/bench/run", String.join(" ", given)).strip());
        report.put(
                "machine",
                Map.of(
                        "processors", Runtime.getRuntime().availableProcessors(),
                        "os", System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                        "java", System.getProperty("java.version")));
        report.put("figures", figures);
        Files.createDirectories(file.getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), report);
        System.out.println("\nwritten to " + file);
    }
}
