package io.unifluid.local.stack;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The project's own two apps as child processes: what they are told, and how they say that they are ready. Everything
 * else about them can be set in the environment, which they inherit.
 */
final class AppProcesses {
    private static final int TIMEOUT_MS = 2000;

    private AppProcesses() {}

    static ChildProcess start(Component component, StackSettings settings, Libraries libraries, Path archives) {
        var command = component == Component.STREAMS ? streams(settings, libraries) : worker(settings, libraries);
        return ChildProcess.start(
                component,
                settings.log(component),
                command.with(Map.of("logback.configurationFile", ChildLogging.RESOURCE))
                        .line(archives),
                Map.of());
    }

    /** Whether the app takes work; false, not an exception, while nothing listens there. */
    static boolean isReady(Component component, StackSettings settings) {
        try {
            var connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port(component, settings) + "/ready")
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static JavaCommand streams(StackSettings settings, Libraries libraries) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("unifluid.streams.bootstrap-servers", settings.bootstrapServers());
        properties.put("unifluid.streams.registry-url", settings.registryUrl());
        properties.put(
                "unifluid.streams.state-dir", settings.data().resolve("streams").toString());
        properties.put("unifluid.streams.http-port", Integer.toString(port(Component.STREAMS, settings)));
        return new JavaCommand("streams", libraries.streams(), "io.unifluid.streams.StreamsApp", "384m")
                .with(properties);
    }

    private static JavaCommand worker(StackSettings settings, Libraries libraries) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("unifluid.worker.bootstrap-servers", settings.bootstrapServers());
        properties.put("unifluid.worker.registry-url", settings.registryUrl());
        properties.put("unifluid.worker.model", settings.model());
        properties.put("unifluid.worker.blob-store", settings.blobs().toString());
        properties.put("unifluid.worker.http-port", Integer.toString(port(Component.WORKER, settings)));
        return new JavaCommand("worker", libraries.worker(), "io.unifluid.worker.WorkerApp", "768m").with(properties);
    }

    private static int port(Component component, StackSettings settings) {
        return settings.port(component == Component.STREAMS ? Port.STREAMS : Port.WORKER);
    }
}
