package io.unifluid.inference.hub;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which numbers a user wants: one for all graphs, one for some of them, or none, and then what is there is taken.
 *
 * @param all for every graph that {@code graphs} does not name
 * @param graphs by the graph's name
 */
public record DtypeChoice(Optional<Dtype> all, Map<String, Dtype> graphs) {
    /** What is there. */
    public static final DtypeChoice ANY = new DtypeChoice(Optional.empty(), Map.of());

    public DtypeChoice {
        graphs = Map.copyOf(graphs);
    }

    /**
     * As in {@code q4} or {@code q4,embed_tokens=fp16}.
     *
     * @throws IllegalArgumentException with one sentence, for what is none
     */
    public static DtypeChoice parse(String text) {
        Optional<Dtype> all = Optional.empty();
        Map<String, Dtype> graphs = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            Dtype dtype = Dtype.parse(part.substring(equals + 1).strip())
                    .orElseThrow(() -> new IllegalArgumentException("The dtype '" + part.strip() + "' is none of "
                            + Dtype.all() + ", nor GRAPH= and one of these."));
            if (equals < 0) {
                all = Optional.of(dtype);
            } else {
                graphs.put(part.substring(0, equals).strip(), dtype);
            }
        }
        return new DtypeChoice(all, graphs);
    }

    Optional<Dtype> of(String graph) {
        return Optional.ofNullable(graphs.get(graph)).or(() -> all);
    }
}
