package io.unifluid.bench;

import io.unifluid.stack.AppInstance;
import io.unifluid.stack.Component;
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

    enum App {
        WORKER_OF_NO_OP("worker of the no-op model", Component.WORKER, "worker ready", StackSettings.NOOP),
        STREAMS("streams app", Component.STREAMS, "streams-app ready", StackSettings.NOOP),
        WORKER("worker", Component.WORKER, "worker ready", null);

        private final String title;
        private final Component component;
        private final String ready;
        private final String model;

        /**
         * @param title in the table
         * @param ready begins the line that says so
         * @param model null for the one that comes with the project
         */
        App(String title, Component component, String ready, String model) {
            this.title = title;
            this.component = component;
            this.ready = ready;
            this.model = model;
        }

        /** @param more settings, by their full names */
        private AppInstance instance(
                StackSettings settings, Path checkout, Path folder, String name, Map<String, String> more)
                throws IOException {
            return new AppInstance(
                    component,
                    name,
                    settings.bootstrapServers(),
                    settings.registryUrl(),
                    model == null ? StackSettings.shippedModel(checkout).toString() : model,
                    folder.resolve("blobs"),
                    folder.resolve(name + ".state"),
                    freePort(),
                    folder.resolve(name + ".log"),
                    more);
        }

        /** The settings by which two builds are not each other's. */
        private Map<String, String> own(String name) {
            return component == Component.STREAMS
                    ? Map.of("unifluid.streams.application-id", "starts-" + name)
                    : Map.of("unifluid.worker.name", "starts-" + name);
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
        Files.deleteIfExists(archive(folder(app, settings))); // of another build
        for (int round = 0; round <= ROUNDS; round++) {
            var one = start(app, settings, "now", lineNow(app, settings, checkout));
            var other = start(app, settings, "before", lineBefore(app, settings, before));
            if (round > 0) { // the first fills the caches and makes the topics
                now.add(one);
                then.add(other);
            }
        }
        return new Measured(now, then);
    }

    private static Start start(App app, StackSettings settings, String name, List<String> line) throws Exception {
        var folder = folder(app, settings);
        long begun = System.nanoTime();
        var process = new ProcessBuilder(line)
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

    /** As this build's stack starts it. */
    private static List<String> lineNow(App app, StackSettings settings, Path checkout) throws IOException {
        var folder = folder(app, settings);
        return app.instance(settings, checkout, folder, "now", app.own("now"))
                .commandLine(settings.libraries(), folder);
    }

    /** As the stack of the commit before Micronaut (719dde07) starts it, but for the worker's collector, which is today's. */
    private static List<String> lineBefore(App app, StackSettings settings, Path checkout) throws IOException {
        var folder = folder(app, settings);
        var is = app.instance(settings, checkout, folder, "before", Map.of());
        var line = new ArrayList<>(List.of(
                "-Xms32m",
                "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + archive(folder)));
        var own = new ArrayList<>(List.of(
                "bootstrap-servers=" + is.bootstrapServers(),
                "registry-url=" + is.registryUrl(),
                "http-port=" + is.httpPort()));
        boolean streams = app.component == Component.STREAMS;
        if (streams) {
            line.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC"));
            own.addAll(List.of("application-id=starts-before", "state-dir=" + is.state()));
        } else {
            line.addAll(List.of("-Xmx768m", "-XX:+UseG1GC"));
            own.addAll(List.of("name=starts-before", "model=" + is.model(), "blob-store=" + is.blobs()));
        }
        var prefix = "-Dunifluid." + (streams ? "streams." : "worker.");
        own.forEach(setting -> line.add(prefix + setting));
        line.addAll(List.of(
                "-cp",
                classPath(checkout, streams ? "unifluid-gpu-worker-" : "unifluid-streams-app-"),
                streams ? "io.unifluid.streams.StreamsApp" : "io.unifluid.worker.WorkerApp"));
        var arguments = folder.resolve("before.arguments");
        Files.writeString(arguments, String.join("\n", line));
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + arguments);
    }

    private static Path archive(Path folder) {
        return folder.resolve("before.jsa");
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
        throw new IllegalStateException("The " + app.title + " ended before it was ready: see its log.");
    }

    /** Every jar but the other app's own. */
    private static String classPath(Path checkout, String other) throws IOException {
        var folder = checkout.toAbsolutePath().normalize().resolve("infra/cli/target/dist/lib");
        try (var jars = Files.list(folder)) {
            return jars.filter(jar -> jar.toString().endsWith(".jar"))
                    .filter(jar -> !jar.getFileName().toString().startsWith(other))
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
