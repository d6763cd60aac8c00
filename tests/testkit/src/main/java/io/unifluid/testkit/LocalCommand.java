package io.unifluid.testkit;

import io.unifluid.stack.Port;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code ./unifluid} of this checkout as a user calls it, with a data folder and ports of its own. */
public final class LocalCommand {
    private static final Path CHECKOUT = SampleArchive.folder().getParent().getParent();

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    /**
     * What a command said.
     *
     * @param out lines of its output
     * @param err lines of its error stream
     */
    public record Said(int code, List<String> out, List<String> err) {}

    /** @param folder where commands run; the data folder lies beside it */
    public LocalCommand(Path folder) {
        this.folder = folder;
        environment.put("UNIFLUID_SKIP_BUILD", "yes");
        environment.put("UNIFLUID_HOME", folder.resolveSibling("home").toString());
        var ports = FreePorts.take(Port.values().length);
        for (var port : Port.values()) {
            environment.put(port.setting(), Integer.toString(ports[port.ordinal()]));
        }
    }

    /** The build makes the command before the tests that use it; a single test by hand may come too early. */
    public static boolean isBuilt() {
        return Files.exists(CHECKOUT.resolve("infra/cli/target/dist/built"));
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + environment.get(Port.KAFKA.setting());
    }

    public Said run(String... arguments) throws Exception {
        return run(Map.of(), List.of(), arguments);
    }

    public Said run(Map<String, String> more, List<String> before, String... arguments) throws Exception {
        var command = new ArrayList<>(before);
        command.add(CHECKOUT.resolve("unifluid").toString());
        command.addAll(List.of(arguments));
        return run(command, more);
    }

    private Said run(List<String> command, Map<String, String> more) throws Exception {
        var out = Files.createTempFile("out", ".txt");
        var err = Files.createTempFile("err", ".txt");
        var process = start(command, more, out, err);
        if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " did not end: " + lines(err));
        }
        return new Said(process.exitValue(), lines(out), lines(err));
    }

    /** On a terminal of its own, which takes both streams; needs {@code script} of util-linux. */
    public Said onTerminal(String... arguments) throws Exception {
        var words = Stream.concat(Stream.of(CHECKOUT.resolve("unifluid").toString()), Stream.of(arguments))
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
        return run(List.of("script", "-qec", words, "/dev/null"), Map.of());
    }

    /**
     * Goes on while the test looks. It hears Ctrl-C even where this run does not: a shell without job control starts what
     * it puts into the background with SIGINT ignored, and every child would inherit that.
     */
    public Process start(Path out, Path err, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.add(CHECKOUT.resolve("unifluid").toString());
        command.addAll(List.of(arguments));
        return start(command, Map.of(), out, err);
    }

    private Process start(List<String> command, Map<String, String> more, Path out, Path err) throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        return builder.start();
    }

    public static List<String> lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
