package io.unifluid.hostile;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks at an app from outside: its process in {@code /proc}, its readiness, and what it counts.
 *
 * @param pid of the process as it was started
 * @param keeps share of its memory by which a first attack may leave it larger, by design: pools and buffers that grow to a
 *     bound, code that was never run before
 */
record AppProbe(String name, long pid, int httpPort, double keeps) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static final int COLLECTIONS = 5;
    /** Kubernetes restarts after as many without an answer (failureThreshold). */
    private static final int QUESTIONS = 3;

    /**
     * A look.
     *
     * @param rssMebibytes resident memory after full garbage collections
     * @param threadFailures stream threads that failed so far; 0 for the worker
     */
    record Look(boolean alive, long rssMebibytes, long threads, long threadFailures) {}

    Look look() {
        collectGarbage();
        return new Look(
                ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false),
                status("VmRSS:") / 1024,
                status("Threads:"),
                counted("unifluid_thread_failures_total"));
    }

    /** Why it says that it takes no work; empty when it does. A busy machine may lose one question, as orchestrators know. */
    Optional<String> notReady() throws InterruptedException {
        for (int asked = 0; asked < QUESTIONS; asked++) {
            try {
                var answer = get("/ready");
                return answer.statusCode() == 200
                        ? Optional.empty()
                        : Optional.of(answer.statusCode() + " " + answer.body().strip());
            } catch (IOException e) {
                // asked again
            }
        }
        return Optional.of("no answer to " + QUESTIONS + " questions");
    }

    private long counted(String family) {
        try {
            return get("/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(family))
                    .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
                    .sum();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Without it a heap that was filled once looks like a leak; the serial collector gives it back in four steps. */
    private void collectGarbage() {
        try {
            for (int i = 0; i < COLLECTIONS; i++) {
                tell("GC.run");
            }
            tell("System.trim_native_heap"); // which the app does by itself every 30 s
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("jcmd of this JDK could not be started.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String command) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        new ProcessBuilder(jcmd, Long.toString(pid), command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** A number of /proc/PID/status; 0 when the process is gone. */
    private long status(String name) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
