package io.unifluid.bench;

import io.unifluid.stack.StackSettings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a start of the streams app takes, of this build and of an earlier one alternately, beside an idle stack with the
 * no-op model: as {@code unifluid up} starts it, with an archive of its classes and stores that are there already.
 */
final class StartBench {
    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** Until what a start leaves behind has been done. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    private static final String READY = "streams-app ready";

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
            return starts.stream().mapToDouble(figure).sorted().toArray()[starts.size() / 2];
        }
    }

    /** @param before a checkout of the earlier commit, built with {@code ./mvnw -DskipTests package} */
    static Measured measure(Path checkout, Path before) throws Exception {
        try (var _ = FreshStack.start(checkout, "starts")) {
            var settings = StackSettings.from(
                    checkout, PathBench.environment(checkout, "-starts"), Optional.of(StackSettings.NOOP));
            var now = new ArrayList<Start>();
            var then = new ArrayList<Start>();
            for (int round = 0; round <= ROUNDS; round++) {
                var one = start(settings, checkout, "now");
                var other = start(settings, before, "before");
                if (round > 0) { // the first fills the archives and makes the topics
                    now.add(one);
                    then.add(other);
                }
            }
            return new Measured(now, then);
        }
    }

    private static Start start(StackSettings settings, Path checkout, String name) throws Exception {
        var folder = Files.createDirectories(settings.data().resolve("starts"));
        var arguments = folder.resolve(name + ".arguments");
        Files.writeString(
                arguments,
                String.join(
                        "\n",
                        "-Xms32m",
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + folder.resolve(name + ".jsa"),
                        "-Xlog:disable",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dunifluid.streams.bootstrap-servers=" + settings.bootstrapServers(),
                        "-Dunifluid.streams.registry-url=" + settings.registryUrl(),
                        "-Dunifluid.streams.application-id=starts-" + name,
                        "-Dunifluid.streams.state-dir=" + folder.resolve(name),
                        "-Dunifluid.streams.http-port=" + freePort(),
                        "-cp",
                        classPath(checkout),
                        "io.unifluid.streams.StreamsApp"));
        long begun = System.nanoTime();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + arguments)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()))
                .start();
        try (var output = process.inputReader()) {
            awaitReady(output);
            double seconds = (System.nanoTime() - begun) / 1e9;
            double used = process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
            Thread.sleep(SETTLED.toMillis());
            double resident = ProcStatus.residentKiB(process.pid()) / 1024.0;
            System.out.printf(
                    Locale.ROOT,
                    "%-6s ready after %.2f s, %.2f s of a processor; %.0f MiB%n",
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

    private static void awaitReady(BufferedReader output) throws IOException {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(READY)) {
                return;
            }
        }
        throw new IllegalStateException("The streams app ended before it was ready: see its log.");
    }

    /** As the stack has it: every jar but the other app's. */
    private static String classPath(Path checkout) throws IOException {
        var folder = checkout.toAbsolutePath().normalize().resolve("infra/cli/target/dist/lib");
        try (var jars = Files.list(folder)) {
            return jars.filter(jar -> jar.toString().endsWith(".jar"))
                    .filter(jar -> !jar.getFileName().toString().startsWith("unifluid-gpu-worker-"))
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
