package io.unifluid.inference.decoding;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A decoder and the loop around it in one graph, as {@code unifluid model compile} makes it: it takes what the decoder takes,
 * reads on, and writes the likeliest tokens until every row has ended. See public-models/compiler/loop.py.
 */
final class CompiledLoop {
    static final String GRAPH = "decoder_loop";

    private static final String MOST = "most";
    private static final String ENDS = "ends";
    private static final String PAD = "pad";
    private static final String TOKENS = "tokens";
    private static final String LOGS = "logs";

    private final Tensor ends;
    private final Tensor pad;

    private CompiledLoop(Rules rules) {
        long[] tokens = rules.ends().stream().mapToLong(Long::longValue).toArray();
        this.ends = new Tensor.Longs(tokens, tokens.length);
        this.pad = new Tensor.Longs(new long[] {rules.pad()});
    }

    /**
     * What was written.
     *
     * @param tokens row by row, as many of each
     * @param logs natural logarithms of their probabilities; those behind a row's end mean nothing
     */
    record Written(long[] tokens, float[] logs) {}

    /**
     * Looks at a loaded graph.
     *
     * @throws BundleException if it is not the loop of this decoder
     */
    static CompiledLoop of(OrtModel model, DecoderGraph decoder, Rules rules, String owner) {
        Set<String> wanted = new HashSet<>(model.inputs(decoder.graph()).keySet());
        wanted.addAll(Set.of(MOST, ENDS, PAD));
        if (!model.inputs(GRAPH).keySet().equals(wanted)
                || !model.outputs(GRAPH).keySet().containsAll(Set.of(TOKENS, LOGS))) {
            throw new BundleException(owner + ": the graph " + GRAPH + " is not the loop of " + decoder.graph()
                    + "; compile the model again with './unifluid model compile'.");
        }
        return new CompiledLoop(rules);
    }

    /**
     * Writes a text after each row.
     *
     * @param inputs what the decoder reads first
     * @param most tokens of each row, end marks included
     */
    Written run(OrtModel.Caller model, Map<String, Tensor> inputs, long[] most) {
        Map<String, Tensor> all = new HashMap<>(inputs);
        all.put(MOST, new Tensor.Longs(most, most.length));
        all.put(ENDS, ends);
        all.put(PAD, pad);
        Map<String, Tensor> given = model.run(GRAPH, all);
        return new Written(((Tensor.Longs) given.get(TOKENS)).values(), ((Tensor.Floats) given.get(LOGS)).values());
    }
}
