package io.unifluid.archive.row;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Optional;

/** What a row has to say to a person. */
final class Words {
    private Words() {}

    /** The caption, or the answers line by line; empty where there is none. */
    static Optional<String> of(ObjectNode columns) {
        if (columns.has("caption")) {
            return Optional.of(columns.get("caption").asText());
        }
        if (!columns.has("answers")) {
            return Optional.empty();
        }
        var lines = new ArrayList<String>();
        columns.get("answers").forEach(answer -> lines.add(answer.get("answer").asText()));
        return Optional.of(String.join("\n", lines));
    }
}
