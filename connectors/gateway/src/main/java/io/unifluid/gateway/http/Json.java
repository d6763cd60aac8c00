package io.unifluid.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.MediaType;
import java.io.IOException;

/** JSON as the API reads and writes it: strict, bounded in depth, and never bound to classes. */
public final class Json {
    public static final String TYPE = MediaType.APPLICATION_JSON;

    private static final int DEEPEST = 64;
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    // Its own would be one for each thread, and every request has a thread.
                    .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            // A picture is one string; how long a body may be is decided before.
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** @throws ApiError 400 when it is no JSON object */
    public static ObjectNode read(byte[] body) {
        try {
            if (MAPPER.readTree(body) instanceof ObjectNode object) {
                return object;
            }
            throw ApiError.body("invalid_json", "The body is JSON but no object: send {..}.");
        } catch (JsonProcessingException e) {
            var where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw ApiError.body(
                    "invalid_json", "The body is no valid JSON" + where + ": send one JSON object in UTF-8.");
        } catch (IOException e) {
            throw ApiError.body("invalid_json", "The body cannot be read as JSON: send one JSON object in UTF-8.");
        }
    }

    public static String text(JsonNode node) {
        return written(MAPPER.writer(), node);
    }

    /** The same text for objects with the same members, in whatever order. */
    public static String canonical(JsonNode node) {
        return written(MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED), node);
    }

    private static String written(ObjectWriter writer, JsonNode node) {
        try {
            return writer.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON can always be written.", e);
        }
    }
}
