package io.unifluid.gateway.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.openai.Endpoint;
import io.unifluid.schemas.OneLine;

/**
 * One request of a batch.
 *
 * @param customId by which its sender finds its answer
 * @param body as for the endpoint of the batch
 */
record Line(String customId, ObjectNode body) {
    private static final int LONGEST_ID = 512;

    /** @throws ApiError naming what is wrong about the line itself; its body is not looked into */
    static Line of(byte[] json, Endpoint endpoint) {
        var fields = Fields.of(read(json));
        var customId = fields.needText("custom_id");
        if (customId.length() > LONGEST_ID) {
            throw ApiError.parameter(
                    "custom_id",
                    "'custom_id' has " + customId.length() + " characters; give at most " + LONGEST_ID + ".");
        }
        var method = fields.needText("method");
        if (!method.equals("POST")) {
            throw ApiError.parameter("method", "invalid_method", "'method' must be POST.");
        }
        var url = fields.needText("url");
        if (!url.equals(endpoint.path())) {
            throw ApiError.parameter(
                    "url",
                    "invalid_url",
                    "'url' is " + OneLine.of(url, 100) + ", and the batch is for " + endpoint.path()
                            + ": put lines for other paths into a batch of their own.");
        }
        if (!(fields.any("body").orElse(null) instanceof ObjectNode body)) {
            throw ApiError.parameter(
                    "body", "missing_required_parameter", "'body' is missing: give the object that the path takes.");
        }
        fields.end();
        return new Line(customId, body);
    }

    private static ObjectNode read(byte[] json) {
        try {
            return Json.read(json);
        } catch (ApiError _) {
            throw ApiError.body(
                    "invalid_json_line", "The line is no JSON object: write one object on each line, in UTF-8.");
        }
    }
}
