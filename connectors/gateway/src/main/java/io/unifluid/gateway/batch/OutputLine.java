package io.unifluid.gateway.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Json;
import java.nio.charset.StandardCharsets;

/** Lines of a batch's output and error files, in OpenAI's shape. */
final class OutputLine {
    private OutputLine() {}

    static byte[] answered(String requestId, String customId, ObjectNode body) {
        return line(requestId, customId, 200, body);
    }

    /** The path would have answered so. */
    static byte[] refused(String requestId, String customId, ApiError error) {
        return line(
                requestId,
                customId,
                error.status().getCode(),
                Json.read(error.json().getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] line(String requestId, String customId, int status, ObjectNode body) {
        var node = head(requestId, customId);
        node.putObject("response")
                .put("status_code", status)
                .put("request_id", requestId)
                .set("body", body);
        node.putNull("error");
        return bytes(node);
    }

    /** It was not run. */
    static byte[] notRun(String requestId, String customId, String code, String message) {
        var node = head(requestId, customId).putNull("response");
        node.putObject("error").put("code", code).put("message", message);
        return bytes(node);
    }

    private static ObjectNode head(String requestId, String customId) {
        return Json.object().put("id", "batch_req_" + requestId).put("custom_id", customId);
    }

    private static byte[] bytes(ObjectNode node) {
        return Json.text(node).getBytes(StandardCharsets.UTF_8);
    }
}
