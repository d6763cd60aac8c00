package io.unifluid.local;

import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;

/** What a command does with a request that did not succeed. */
final class Failures {
    private Failures() {}

    /** Says why, on the error stream or as JSON on the output; true when there was something to say. */
    static boolean report(InferenceResult result, boolean json) {
        if (result.getStatus() == ResultStatus.SUCCEEDED && result.getOutput() != null) {
            return false;
        }
        var why = result.getError() == null
                ? "The request ended as " + result.getStatus() + "."
                : result.getError().getMessage();
        if (json) {
            var node = JsonLines.object()
                    .put("status", result.getStatus().toString())
                    .put("error", why);
            JsonLines.about(node, result);
            System.out.println(JsonLines.line(node));
        } else {
            System.err.println(result.getStatus() + ": " + why);
        }
        return true;
    }
}
