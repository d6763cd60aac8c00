package io.unifluid.bench;

import io.unifluid.stack.StackSettings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a start of an app takes, of this build and of an earlier one alternately, beside an idle stack with the no-op
 * model: as {@code unifluid up} starts it, with a cache of its classes and stores that are there already.
 */
final class StartBench {
    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** Until what a start leaves behind has been done. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    private static final List<String> APP_JARS =
            List.of("unifluid-streams-app-", "unifluid-gpu-worker-", "unifluid-gateway-", "unifluid-moderation-");

    /** As the stack starts them. */
    enum App {
        STREAMS(
                "streams app",
                "streams",
                "io.unifluid.streams.StreamsApp",
                "streams-app ready",
                "unifluid-streams-app-",
                List.of("-Xmx384m", "-XX:+UseSerialGC")),
        WORKER(
                "worker",
                "worker",
                "io.unifluid.worker.WorkerApp",
                "worker ready",
                "unifluid-gpu-worker-",
                List.of("-Xmx768m", "-XX:+UseG1GC")),
        WORKER_OF_NO_OP(
                "worker of the no-op model",
                WORKER.settings,
                WORKER.mainClass,
                WORKER.ready,
                WORKER.jar,
                WORKER.options);

        private final String title;
        private final String settings;
        private final String mainClass;
        private final String ready;
        private final String jar;
        private final List<String> options;

        /**
         * @param title in the table
         * @param settings what its names begin with, behind {@code unifluid.}
         * @param ready begins the line that says so
         * @param jar begins the name of its own
         */
        App(String title, String settings, String mainClass, String ready, String jar, List<String> options) {
            this.title = title;
            this.settings = settings;
            this.mainClass = mainClass;
            this.ready = ready;
            this.jar = jar;
            this.options = options;
        }

        private boolean takes(String file) {
            return file.startsWith(jar) || APP_JARS.stream().noneMatch(file::startsWith);
        }

        /** As {@code name=value}. */
        private List<String> own(Path checkout, Path folder, String name) {
            return switch (this) {
                case STREAMS -> List.of("application-id=starts-" + name, "state-dir=" + folder.resolve(name));
                case WORKER -> worker(StackSettings.shippedModel(checkout), folder, name);
                case WORKER_OF_NO_OP -> worker(StackSettings.NOOP, folder, name);
            };
        }

        private static List<String> worker(Object model, Path folder, String name) {
            return List.of("name=starts-" + name, "model=" + model, "blob-store=" + folder.resolve("blobs"));
        }

        String title() {
            return title;
        }
    }

    private StartBench() {}

    /**
     * @param seconds until it says that it is ready
     * @param processorSeconds that it used until then
     * @param residentMiB a few seconds later
     */
    record Start(double seconds, double processorSeconds, double residentMiB) {}

    record Measured(List<Start> now, List<Start> before) {
        /** The median of all starts of a build. */
        static double median(List<Start> starts, ToDoubleFunction<Start> figure) {
            return LatencyBench.median(
                    starts.stream().map(figure::applyAsDouble).toList());
        }
    }

    /** @param before a checkout of the earlier commit, built with {@code ./mvnw -DskipTests package} */
    static Map<App, Measured> measure(Path checkout, Path before) throws Exception {
        try (var _ = FreshStack.start(checkout, "starts")) {
            var settings = StackSettings.from(
                    checkout, PathBench.environment(checkout, "-starts"), Optional.of(StackSettings.NOOP));
            takeAnySchema(settings);
            var measured = new EnumMap<App, Measured>(App.class);
            for (var app : App.values()) {
                measured.put(app, measure(app, settings, checkout, before));
            }
            return measured;
        }
    }

    /** Two versions register their schemas in turn, and the earlier one knows nothing of the later one's. */
    private static void takeAnySchema(StackSettings settings) throws IOException, InterruptedException {
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(settings.registryUrl() + "/config"))
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\":\"NONE\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("The registry answered HTTP " + answer.statusCode() + ": " + answer.body());
        }
    }

    private static Measured measure(App app, StackSettings settings, Path checkout, Path before) throws Exception {
        var now = new ArrayList<Start>();
        var then = new ArrayList<Start>();
        for (var name : List.of("now", "before")) {
            Files.deleteIfExists(cacheFile(folder(app, settings), name)); // of another build
        }
        for (int round = 0; round <= ROUNDS; round++) {
            var one = start(app, settings, checkout, "now");
            var other = start(app, settings, before, "before");
            if (round > 0) { // the first fills the caches and makes the topics
                now.add(one);
                then.add(other);
            }
        }
        return new Measured(now, then);
    }

    private static Start start(App app, StackSettings settings, Path checkout, String name) throws Exception {
        var folder = folder(app, settings);
        var arguments = folder.resolve(name + ".arguments");
        Files.writeString(arguments, String.join("\n", commandLine(app, settings, checkout, folder, name)));
        long begun = System.nanoTime();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + arguments)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()))
                .start();
        try (var output = process.inputReader()) {
            awaitReady(app, output);
            double seconds = (System.nanoTime() - begun) / 1e9;
            double used = process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
            Thread.sleep(SETTLED.toMillis());
            double resident = ProcStatus.residentKiB(process.pid()) / 1024.0;
            System.out.printf(
                    Locale.ROOT,
                    "%-25s %-6s ready after %.2f s, %.2f s of a processor; %.0f MiB%n",
                    app.title,
                    name,
                    seconds,
                    used,
                    resident);
            return new Start(seconds, used, resident);
        } finally {
            process.destroy();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static List<String> commandLine(App app, StackSettings settings, Path checkout, Path folder, String name)
            throws IOException {
        var line = new ArrayList<>(List.of(
                "-Xms32m",
                "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        line.addAll(app.options);
        line.addAll(cache(checkout, folder, name));
        var own = new ArrayList<>(app.own(checkout, folder, name));
        own.add("bootstrap-servers=" + settings.bootstrapServers());
        own.add("registry-url=" + settings.registryUrl());
        own.add("http-port=" + freePort());
        own.forEach(setting -> line.add("-Dunifluid." + app.settings + "." + setting));
        line.addAll(List.of("-cp", classPath(app, checkout), app.mainClass));
        return line;
    }

    /** As the stack of that checkout keeps the classes of an earlier run. */
    private static List<String> cache(Path checkout, Path folder, String name) {
        if (Files.exists(checkout.resolve("infra/stack/src/main/java/io/unifluid/stack/AotCache.java"))) {
            var cache = cacheFile(folder, name);
            return List.of((Files.exists(cache) ? "-XX:AOTCache=" : "-XX:AOTCacheOutput=") + cache);
        }
        return List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + folder.resolve(name + ".jsa"));
    }

    private static Path cacheFile(Path folder, String name) {
        return folder.resolve(name + ".aot");
    }

    private static Path folder(App app, StackSettings settings) throws IOException {
        return Files.createDirectories(
                settings.data().resolve("starts-" + app.name().toLowerCase(Locale.ROOT)));
    }

    private static void awaitReady(App app, BufferedReader output) throws IOException {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(app.ready)) {
                return;
            }
        }
        throw new IllegalStateException("The " + app.settings + " ended before it was ready: see its log.");
    }

    /** As the stack has it: every jar but the other apps' own. */
    private static String classPath(App app, Path checkout) throws IOException {
        var folder = checkout.toAbsolutePath().normalize().resolve("infra/cli/target/dist/lib");
        try (var jars = Files.list(folder)) {
            return jars.filter(jar -> jar.toString().endsWith(".jar"))
                    .filter(jar -> app.takes(jar.getFileName().toString()))
                    .sorted()
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
