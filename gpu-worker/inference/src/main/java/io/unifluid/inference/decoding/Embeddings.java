package io.unifluid.inference.decoding;

import io.unifluid.inference.ort.Held;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The graph that turns tokens into what a decoder reads. */
final class Embeddings {
    private static final String IDS = "input_ids";

    private final String graph;
    private final String output;

    Embeddings(OrtModel model, String graph) {
        this.graph = graph;
        this.output = model.outputs(graph).keySet().iterator().next();
    }

    /** @param ids rows x width */
    OrtModel.Kept keep(OrtModel.Caller model, Tensor.Longs ids) {
        return model.keep(graph, Map.of(IDS, ids), Set.of(output));
    }

    Held of(OrtModel.Kept kept) {
        return kept.held(output);
    }

    /** Of each row tokens x numbers. */
    List<Tensor.Floats> of(OrtModel.Caller model, List<long[]> rows) {
        long[] all = rows.stream().flatMapToLong(Arrays::stream).toArray();
        List<Tensor.Floats> embedded = new ArrayList<>();
        try (OrtModel.Kept kept = keep(model, new Tensor.Longs(all, 1, all.length))) {
            Tensor.Floats floats = (Tensor.Floats) kept.tensor(output);
            int size = (int) floats.shape()[2];
            int at = 0;
            for (long[] row : rows) {
                float[] values = Arrays.copyOfRange(floats.values(), at * size, (at + row.length) * size);
                embedded.add(new Tensor.Floats(values, row.length, size));
                at += row.length;
            }
        }
        return embedded;
    }
}
