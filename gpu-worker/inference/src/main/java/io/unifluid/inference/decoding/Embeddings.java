package io.unifluid.inference.decoding;

import io.unifluid.inference.ort.Held;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The graph that turns tokens into what a decoder reads. */
final class Embeddings {
    private static final String IDS = "input_ids";

    private final String graph;
    private final String input;
    private final UnaryOperator<Map<String, Tensor>> more;
    private final String output;

    /** Of a text's tokens. */
    static Embeddings ofWords(OrtModel model, String graph, Dialect dialect) {
        return new Embeddings(model, graph, IDS, inputs -> {
            long[] shape = inputs.get(IDS).shape();
            Map<String, Tensor> all = new HashMap<>(dialect.besideTokens((int) shape[0], (int) shape[1]));
            all.putAll(inputs);
            return all;
        });
    }

    /** Of a picture's tokens. */
    static Embeddings ofPictures(OrtModel model, String graph) {
        return new Embeddings(
                model, graph, model.inputs(graph).keySet().iterator().next(), UnaryOperator.identity());
    }

    /** @param more adds to the tokens what the graph wants beside them */
    private Embeddings(OrtModel model, String graph, String input, UnaryOperator<Map<String, Tensor>> more) {
        this.graph = graph;
        this.input = input;
        this.more = more;
        this.output = model.outputs(graph).keySet().iterator().next();
    }

    /** @param ids rows x width */
    OrtModel.Kept keep(OrtModel.Caller model, Tensor ids) {
        return model.keep(graph, more.apply(Map.of(input, ids)), Set.of(output));
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
