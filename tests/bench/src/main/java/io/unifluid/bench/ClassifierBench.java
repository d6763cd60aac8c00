package io.unifluid.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Photographs of a megapixel judged by nsfwjs' MobileNetV2: by the engine in this process with decoding, over the whole path, and by
 * a careful user's Python at several settings, in each round one after the other.
 */
final class ClassifierBench {
    private static final String MAKER = "gpu-worker/public-models/nsfwjs/run";
    private static final String BUNDLE = "gpu-worker/public-models/nsfwjs/work/nsfwjs-mobilenet-v2";

    /** Times over the photographs. */
    private static final int TIMES = 10;

    private static final int WARM_UP = 600;
    private static final int REQUESTS = 1_200;

    private static final Map<String, List<String>> SETTINGS = new TreeMap<>(Map.of(
            "one process, its own choice of threads", List.of("--threads", "0"),
            "one process, two callers of one thread", List.of("--callers", "2"),
            "two processes of one thread", List.of("--processes", "2"),
            "two processes of one thread, batches of 8", List.of("--processes", "2", "--batch", "8")));

    private final Path checkout;
    private final Path photographs;
    private final SamplePictures pictures;

    /** Pictures/s and ms of the processors for each; of Python by its setting, where it can be had. */
    record Round(double engine, double engineProcessor, PathBench.Measured path, Map<String, Peers.Measured> python) {
        double pythonAtBest() {
            return python.values().stream()
                    .mapToDouble(Peers.Measured::perSecond)
                    .max()
                    .orElseThrow();
        }

        double leastOfPython() {
            return python.values().stream()
                    .mapToDouble(Peers.Measured::processorMillis)
                    .min()
                    .orElseThrow();
        }
    }

    private ClassifierBench(Path checkout, Path photographs) throws IOException {
        this.checkout = checkout;
        this.photographs = photographs;
        this.pictures = SamplePictures.of(photographs);
    }

    /** @return empty, with a line on the console that says why, where the model or the photographs cannot be had */
    static Optional<ClassifierBench> of(Path checkout) throws IOException, InterruptedException {
        var photographs = checkout.resolve("tests/bench/target/photographs");
        boolean made = Files.isRegularFile(checkout.resolve(BUNDLE).resolve("bundle.json"))
                || made(checkout, "setup") && made(checkout, "bundle");
        if (!made || !made(checkout, "photographs", photographs.toString())) {
            System.out.println(
                    "The part 'classifier' is left out: its model and photographs are made with Node 20 and Python"
                            + " 3.11, which cannot be had here; see gpu-worker/public-models/nsfwjs/README.md.");
            return Optional.empty();
        }
        return Optional.of(new ClassifierBench(checkout, photographs));
    }

    private static boolean made(Path checkout, String... what) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(checkout.resolve(MAKER).toString());
        command.addAll(List.of(what));
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    Round round() throws Exception {
        double engine;
        double processor;
        try (var bench = new EngineBench(checkout.resolve(BUNDLE), pictures, Asked.SAFE_FOR_WORK)) {
            bench.best(TIMES);
            long used = EngineBench.used();
            long start = System.nanoTime();
            int answers = bench.best(TIMES).size();
            engine = answers / ((System.nanoTime() - start) / 1e9);
            processor = (EngineBench.used() - used) / 1e6 / answers;
        }
        var python = new TreeMap<String, Peers.Measured>();
        var peers = new Peers(checkout);
        for (var setting : SETTINGS.entrySet()) {
            var command = new ArrayList<>(
                    List.of("classifier_peer.py", checkout.resolve(BUNDLE).toString(), photographs.toString()));
            command.addAll(setting.getValue());
            var measured = peers.run("Python onnxruntime with Pillow, " + setting.getKey(), command, TIMES);
            if (measured.isEmpty()) {
                break;
            }
            python.put(setting.getKey(), measured.get());
        }
        var path = PathBench.measure(
                checkout,
                Optional.of(checkout.resolve(BUNDLE).toString()),
                pictures,
                Asked.SAFE_FOR_WORK,
                WARM_UP,
                REQUESTS);
        return new Round(engine, processor, path, python);
    }
}
