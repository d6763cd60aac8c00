package io.unifluid.stack;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The project's own apps as child processes: what they are told, and how they say that they are ready. Everything
 * else about them can be set in the environment, which they inherit.
 */
final class AppProcesses {
    private static final int TIMEOUT_MS = 2000;
    /** Bytes; a thread keeps the native buffer of the largest record that it ever sent or read, up to this. */
    private static final String LARGEST_KEPT_BUFFER = Integer.toString(1 << 20);

    /** Every 30 s; the C library keeps what was freed in the midst of its heaps. */
    private static final String FREED_MEMORY_GOES_BACK = "-XX:TrimNativeHeapInterval=30000";

    /** Labels come in the order of their names. */
    private static final Pattern MODEL =
            Pattern.compile("^unifluid_worker_model_info\\{device=\"([^\"]*)\".*reason=\"([^\"]*)\"");

    /** As the command calls itself, so that both see the same requests. */
    private static final String LOCAL_TENANT = "local";

    private AppProcesses() {}

    static ChildProcess start(AppInstance app, Libraries libraries, Path archives) {
        return ChildProcess.start(app.component(), app.log(), line(app, libraries, archives), Map.of());
    }

    /** As {@link JavaCommand#line} writes it. */
    static List<String> line(AppInstance app, Libraries libraries, Path archives) {
        var command = switch (app.component()) {
            case STREAMS -> streams(app, libraries);
            case WORKER -> worker(app, libraries);
            case MODERATION -> moderation(app, libraries);
            case GATEWAY -> gateway(app, libraries);
            case BROKER, REGISTRY ->
                throw new IllegalArgumentException("The " + app.component().title() + " is no app.");
        };
        return command.with(Map.of(
                        "logback.configurationFile",
                        ChildLogging.RESOURCE,
                        "jdk.nio.maxCachedBufferSize",
                        LARGEST_KEPT_BUFFER))
                .withOptions(FREED_MEMORY_GOES_BACK)
                .line(archives);
    }

    /** Whether the app takes work; false, not an exception, while nothing listens there. */
    static boolean isReady(AppInstance app) {
        try {
            var connection = asking(app, "/ready");
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** The worker's device and why, such as {@code cpu: The CPU was chosen.}; empty when it does not say. */
    static Optional<String> device(AppInstance worker) {
        try (var in = asking(worker, "/metrics").getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(MODEL::matcher)
                    .filter(Matcher::find)
                    .map(found -> found.group(1) + ": " + found.group(2))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static HttpURLConnection asking(AppInstance app, String path) throws IOException {
        return Asking.of("http://127.0.0.1:" + app.httpPort() + path, TIMEOUT_MS);
    }

    private static JavaCommand streams(AppInstance app, Libraries libraries) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("unifluid.streams.bootstrap-servers", app.bootstrapServers());
        properties.put("unifluid.streams.registry-url", app.registryUrl());
        properties.put("unifluid.streams.state-dir", app.state().toString());
        properties.put("unifluid.streams.http-port", Integer.toString(app.httpPort()));
        properties.putAll(app.more());
        return new JavaCommand(app.name(), libraries.streams(), "io.unifluid.streams.StreamsApp", "384m")
                .with(properties);
    }

    private static JavaCommand moderation(AppInstance app, Libraries libraries) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("unifluid.moderation.bootstrap-servers", app.bootstrapServers());
        properties.put("unifluid.moderation.registry-url", app.registryUrl());
        properties.put("unifluid.moderation.state-dir", app.state().toString());
        properties.put("unifluid.moderation.blob-store", app.blobs().toString());
        properties.put("unifluid.moderation.http-port", Integer.toString(app.httpPort()));
        properties.putAll(app.more());
        return new JavaCommand(app.name(), libraries.moderation(), "io.unifluid.moderation.ModerationApp", "256m")
                .with(properties);
    }

    /** A machine for oneself: whoever reaches it needs no key. */
    private static JavaCommand gateway(AppInstance app, Libraries libraries) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("unifluid.gateway.bootstrap-servers", app.bootstrapServers());
        properties.put("unifluid.gateway.registry-url", app.registryUrl());
        properties.put("unifluid.gateway.blob-store", app.blobs().toString());
        properties.put("unifluid.gateway.state-dir", app.state().toString());
        properties.put("unifluid.gateway.http-port", Integer.toString(app.httpPort()));
        properties.put("unifluid.gateway.local-tenant", LOCAL_TENANT);
        properties.putAll(app.more());
        return new JavaCommand(app.name(), libraries.gateway(), "io.unifluid.gateway.GatewayApp", "256m")
                .with(properties);
    }

    private static JavaCommand worker(AppInstance app, Libraries libraries) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("unifluid.worker.bootstrap-servers", app.bootstrapServers());
        properties.put("unifluid.worker.registry-url", app.registryUrl());
        properties.put("unifluid.worker.model", app.model());
        properties.put("unifluid.worker.blob-store", app.blobs().toString());
        properties.put("unifluid.worker.http-port", Integer.toString(app.httpPort()));
        properties.putAll(app.more());
        return new JavaCommand(app.name(), libraries.worker(), "io.unifluid.worker.WorkerApp", "768m")
                .with(Collector.G1)
                .with(properties);
    }
}
