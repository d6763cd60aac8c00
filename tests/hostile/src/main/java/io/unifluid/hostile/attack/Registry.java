package io.unifluid.hostile.attack;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/** Registers schemas as any client may, over HTTP, and remembers their ids. Thread-safe. */
public final class Registry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Optional<Integer>> ids = new ConcurrentHashMap<>();

    public Registry(String url) {
        this.url = url;
    }

    /** The id of the schema; empty when the registry does not take it, which ends that attack. */
    OptionalInt register(String subject, String schema) {
        var id = ids.computeIfAbsent(subject + "\n" + schema, _ -> post(subject, schema));
        return id.isPresent() ? OptionalInt.of(id.get()) : OptionalInt.empty();
    }

    private Optional<Integer> post(String subject, String schema) {
        try {
            var body = JSON.writeValueAsString(Map.of("schema", schema));
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
                            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                            .timeout(Duration.ofSeconds(120))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? Optional.of(JSON.readTree(answer.body()).get("id").asInt())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("The registry does not answer.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while registering a schema.", e);
        }
    }

    /** Confluent's wire format: a zero, the schema's id, the body. */
    static byte[] framed(int id, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }

    @Override
    public void close() {
        http.close();
    }
}
