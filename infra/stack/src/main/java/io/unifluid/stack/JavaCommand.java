package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The command line of one JVM of the stack.
 *
 * @param name names its files in the cache
 * @param classPath in this order
 * @param mainClass run through {@link Supervised}
 * @param heap for example {@code 512m}
 * @param collector of the heap's garbage
 * @param options further options of the JVM
 * @param cacheOf the JVM whose ahead-of-time cache a short-lived one reads, in place of writing one of its own
 */
record JavaCommand(
        String name,
        List<Path> classPath,
        String mainClass,
        List<String> arguments,
        String heap,
        Collector collector,
        Map<String, String> properties,
        List<String> options,
        Optional<String> cacheOf) {
    /**
     * Of a stack that ends after some minutes and is not started again, as in tests: its processes are over before a second
     * compiler, or a cache for the next start, has paid for itself.
     */
    private static final boolean SHORT_LIVED = "yes".equals(System.getenv("UNIFLUID_SHORT_LIVED"));

    JavaCommand(String name, List<Path> classPath, String mainClass, String heap) {
        this(name, classPath, mainClass, List.of(), heap, Collector.SERIAL, Map.of(), List.of(), Optional.empty());
    }

    JavaCommand with(Map<String, String> more) {
        var all = new LinkedHashMap<>(properties);
        all.putAll(more);
        return new JavaCommand(name, classPath, mainClass, arguments, heap, collector, all, options, cacheOf);
    }

    JavaCommand withArguments(String... given) {
        return new JavaCommand(
                name, classPath, mainClass, List.of(given), heap, collector, properties, options, cacheOf);
    }

    JavaCommand withOptions(String... given) {
        return new JavaCommand(
                name, classPath, mainClass, arguments, heap, collector, properties, List.of(given), cacheOf);
    }

    JavaCommand with(Collector other) {
        return new JavaCommand(name, classPath, mainClass, arguments, heap, other, properties, options, cacheOf);
    }

    JavaCommand readingCacheOf(String other) {
        return new JavaCommand(
                name, classPath, mainClass, arguments, heap, collector, properties, options, Optional.of(other));
    }

    /**
     * Writes the arguments into a file and gives the command line that names it: ONNX Runtime 1.29 crashes in a process
     * whose command line is longer than 4 KiB, and a class path easily is.
     *
     * @param cache folder of that file, of the ahead-of-time caches, which halve the start of the larger JVMs, and of
     *     temporary files: native libraries are unpacked there, up to 600 MB of them, and a process that is killed leaves
     *     them behind until its next start
     * @throws EnvironmentProblem when the folder cannot be written
     */
    List<String> line(Path cache) {
        var file = argumentsFile(cache, name);
        try {
            OwnerOnly.emptyFolder(temporary(cache));
            OwnerOnly.write(file, argumentsText(arguments(cache)));
        } catch (IOException e) {
            throw new EnvironmentProblem("Could not write " + file + " (" + e.getMessage() + ").", e);
        }
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + file);
    }

    /** The content of a file that the java launcher takes arguments from. */
    static String argumentsText(List<String> arguments) {
        return arguments.stream().map(JavaCommand::quoted).collect(Collectors.joining("\n", "", "\n"));
    }

    static Path argumentsFile(Path cache, String name) {
        return cache.resolve(name + ".arguments");
    }

    private Path temporary(Path cache) {
        return cache.resolve(name + ".temporary");
    }

    private List<String> arguments(Path cache) {
        var line = new ArrayList<>(List.of(
                "-Xms32m",
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + temporary(cache)));
        if (SHORT_LIVED) {
            line.add("-XX:TieredStopAtLevel=1");
        } else {
            line.addAll(cacheOf.map(other -> new AotCache(cache, other, classPath, collector).read())
                    .orElseGet(() -> new AotCache(cache, name, classPath, collector).readOrWritten()));
        }
        line.addAll(collector.options());
        line.addAll(options);
        properties.forEach((key, value) -> line.add("-D" + key + "=" + value));
        line.add("-cp");
        line.add(String.join(
                File.pathSeparator, classPath.stream().map(Path::toString).toList()));
        line.add(Supervised.class.getName());
        line.add(mainClass);
        line.addAll(arguments);
        return line;
    }

    /** As the java launcher reads it: in quotes, with backslashes doubled. */
    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
