package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The jars that the build has put together. Each app sees all of them but the other apps' own: all bring beans and an
 * {@code application.yml} that would meet on one class path.
 */
record Libraries(List<Path> jars) {
    private static final String STREAMS = "unifluid-streams-app-";
    private static final String WORKER = "unifluid-gpu-worker-";
    private static final String GATEWAY = "unifluid-gateway-";
    private static final String MODERATION = "unifluid-moderation-";
    private static final String OWN = "unifluid-stack-";
    private static final String FOR_CPU = "onnxruntime-";
    private static final String FOR_GPU = "onnxruntime_gpu-";

    Libraries {
        jars = List.copyOf(jars);
    }

    /** @throws EnvironmentProblem when the build has not run */
    static Libraries in(Path dist) {
        var folder = dist.resolve("lib");
        try (var files = Files.list(folder)) {
            var libraries = new Libraries(files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList());
            if (libraries.has(FOR_CPU) && libraries.has(FOR_GPU)) {
                throw new EnvironmentProblem("ONNX Runtime lies twice in " + folder
                        + ", for the CPU and for a GPU: remove the folder and build again.");
            }
            return libraries;
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "There are no libraries in " + folder + ": build them with './mvnw -DskipTests package'.", e);
        }
    }

    List<Path> broker() {
        return without(name -> true);
    }

    List<Path> streams() {
        return without(name -> !name.startsWith(STREAMS));
    }

    List<Path> worker() {
        return without(name -> !name.startsWith(WORKER));
    }

    /** It stands on the streams app's jar; its own is in front, so that the {@code application.yml} is its own. */
    List<Path> moderation() {
        return without(name -> !name.startsWith(MODERATION) && !name.startsWith(STREAMS)).stream()
                .sorted(Comparator.comparing(
                        jar -> !jar.getFileName().toString().startsWith(MODERATION)))
                .toList();
    }

    List<Path> gateway() {
        return without(name -> !name.startsWith(GATEWAY));
    }

    /** Whether the worker could run on a GPU. */
    boolean forGpu() {
        return has(FOR_GPU);
    }

    private boolean has(String name) {
        return jars.stream().anyMatch(jar -> jar.getFileName().toString().startsWith(name));
    }

    /** The jar that {@link Supervised} is in. */
    Path own() {
        return jars.stream()
                .filter(jar -> jar.getFileName().toString().startsWith(OWN))
                .findFirst()
                .orElseThrow(() -> new EnvironmentProblem(
                        "The libraries are incomplete: build them again with './mvnw -DskipTests package'."));
    }

    /** @param other whether an app's jar is one of those that the others bring */
    private List<Path> without(Predicate<String> other) {
        return jars.stream()
                .filter(jar -> {
                    var name = jar.getFileName().toString();
                    return !isOfAnApp(name) || !other.test(name);
                })
                .toList();
    }

    private static boolean isOfAnApp(String name) {
        return name.startsWith(STREAMS)
                || name.startsWith(WORKER)
                || name.startsWith(GATEWAY)
                || name.startsWith(MODERATION);
    }
}
