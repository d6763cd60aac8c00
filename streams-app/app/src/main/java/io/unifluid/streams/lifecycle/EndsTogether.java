package io.unifluid.streams.lifecycle;

import io.unifluid.streams.event.AttemptEnded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ends of attempts that were reported by one record, so that batching is told of them by few. */
final class EndsTogether {
    /**
     * Where the word goes.
     *
     * @param shard key on the schedule topic
     * @param ahead whether it may overtake what lies there
     */
    record Way(String shard, boolean ahead) {}

    /** What a report may take that travels with others. */
    private static final int LARGEST_REPORT = 8 * 1024;

    private final Map<Way, List<AttemptEnded>> byWay = new LinkedHashMap<>();

    /** Whether it may be told later than the rest of its step, together with others. */
    static boolean takes(AttemptEnded ended) {
        return ended.shared()
                .flatMap(AttemptEnded.Shared::report)
                .filter(report -> report.length > LARGEST_REPORT)
                .isEmpty();
    }

    void add(Way way, AttemptEnded ended) {
        byWay.computeIfAbsent(way, _ -> new ArrayList<>()).add(ended);
    }

    Map<Way, List<AttemptEnded>> byWay() {
        return byWay;
    }
}
