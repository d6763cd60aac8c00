package io.unifluid.archive.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.Row;
import java.util.Map;
import java.util.TreeMap;

/** What is counted of a shard's rows, and from which place in the archive to which they reach. Not thread-safe. */
final class Tally {
    private final Map<String, Integer> byStatus = new TreeMap<>();
    private final Map<String, Integer> byKind = new TreeMap<>();
    private final Map<String, Integer> models = new TreeMap<>();
    private int count;
    private int failed;
    private int nearDuplicates;
    private long bytes;
    private Position first;
    private Position last;

    void add(Row row) {
        var at = row.position();
        first = first == null || at.compareTo(first) < 0 ? at : first;
        last = last == null || at.compareTo(last) > 0 ? at : last;
        count++;
        byStatus.merge(row.status(), 1, Integer::sum);
        nearDuplicates += row.nearDuplicate() ? 1 : 0;
        row.errorKind().ifPresent(kind -> {
            failed++;
            byKind.merge(kind, 1, Integer::sum);
        });
        bytes += row.columns().path("bytes").asLong();
        if (row.columns().has("model")) {
            models.merge(
                    row.columns().get("model").asText() + " "
                            + row.columns().get("model_version").asText(),
                    1,
                    Integer::sum);
        }
    }

    /** Null where there is no row. */
    Position first() {
        return first;
    }

    /** Null where there is no row. */
    Position last() {
        return last;
    }

    void into(ObjectNode node) {
        node.put("count", count)
                .put("succeeded", count - failed)
                .put("failed", failed)
                .put("near_duplicates", nearDuplicates)
                .put("picture_bytes", bytes);
        byStatus.forEach(node.putObject("status")::put);
        byKind.forEach(node.putObject("error_kind")::put);
        models.forEach(node.putObject("model")::put);
    }
}
