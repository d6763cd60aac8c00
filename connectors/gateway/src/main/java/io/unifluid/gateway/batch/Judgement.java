package io.unifluid.gateway.batch;

import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.openai.Bodies;
import io.unifluid.gateway.openai.Endpoint;
import io.unifluid.schemas.BatchError;
import io.unifluid.schemas.OneLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** Whether a batch's input can be run at all. What a single body asks wrongly is its own line's error, later. */
final class Judgement {
    /** Of which the batch tells; who mends these finds the others. */
    private static final int MOST_TOLD = 100;

    private Judgement() {}

    /** @return nothing when it can */
    static List<BatchError> of(Lines lines, Endpoint endpoint, Bodies bodies, int mostLines, int longestLine) {
        if (lines.count() == 0) {
            return List.of(error("empty_file", "The file has no line: write one request on each.", null, null));
        }
        if (lines.more()) {
            return List.of(error(
                    "too_many_lines",
                    "The file has more than " + mostLines + " lines: send them in several batches.",
                    null,
                    null));
        }
        var errors = new ArrayList<BatchError>();
        var seen = new HashMap<String, Integer>();
        for (int place = 0; place < lines.count() && errors.size() < MOST_TOLD; place++) {
            int number = lines.number(place);
            try {
                if (lines.length(place) > longestLine) {
                    throw ApiError.body(
                            "line_too_large", "The line has more than " + longestLine + " bytes: make it shorter.");
                }
                var line = Line.of(lines.at(place), endpoint);
                var first = seen.putIfAbsent(line.customId(), number);
                if (first != null) {
                    throw ApiError.parameter(
                            "custom_id",
                            "duplicate_custom_id",
                            "'custom_id' is '" + OneLine.of(line.customId(), 100) + "', as on line " + first
                                    + ": give each line one of its own.");
                }
                model(endpoint, line, bodies);
            } catch (ApiError wrong) {
                errors.add(error(wrong.code(), wrong.getMessage(), wrong.parameter(), number));
            }
        }
        return errors;
    }

    private static void model(Endpoint endpoint, Line line, Bodies bodies) {
        try {
            bodies.requireModel(endpoint, line.body());
        } catch (ApiError wrong) {
            throw ApiError.parameter("body." + wrong.parameter(), wrong.code(), wrong.getMessage());
        }
    }

    private static BatchError error(String code, String message, String parameter, Integer line) {
        return BatchError.newBuilder()
                .setCode(code)
                .setMessage(message)
                .setParam(parameter)
                .setLine(line)
                .build();
    }
}
