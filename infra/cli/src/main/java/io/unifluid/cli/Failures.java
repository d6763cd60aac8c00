package io.unifluid.cli;

import io.unifluid.client.Failure;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;

/** What a command does with its one request when that did not succeed. */
final class Failures {
    private Failures() {}

    /** Says why, on the error stream or as JSON on the output; true when there was something to say. */
    static boolean report(Screen screen, InferenceResult result, boolean json) {
        if (result.getStatus() == ResultStatus.SUCCEEDED && result.getOutput() != null) {
            return false;
        }
        var failure = Failure.of(result);
        if (json) {
            var node = JsonLines.object().put("status", result.getStatus().toString());
            JsonLines.error(node, failure);
            JsonLines.about(node, result);
            screen.json(node);
        } else {
            screen.note(result.getStatus() + " (" + failure.kind() + "): " + failure.message());
        }
        return true;
    }
}
