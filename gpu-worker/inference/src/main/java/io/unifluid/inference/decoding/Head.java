package io.unifluid.inference.decoding;

import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.ort.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The graph that makes scores of what a decoder gives, where the decoder gives none itself. Only the last position goes through
 * it: the scores of a whole prompt would be many times as large as all else.
 */
final class Head {
    private static final String HIDDEN = "hidden";
    private static final String THERE = "there";

    private final String graph;
    private final String input;
    private final String output;
    private final TensorSpec.Element element;

    private Head(String graph, String input, String output, TensorSpec.Element element) {
        this.graph = graph;
        this.input = input;
        this.output = output;
        this.element = element;
    }

    /**
     * Looks at the graph, and adds one to the model that takes the last position.
     *
     * @throws io.unifluid.inference.BundleException if it does not read what the decoder gives
     */
    static Head of(OrtModel model, String decoder, String graph, String owner) {
        Map<String, TensorSpec> given = model.outputs(decoder);
        Map<String, TensorSpec> taken = model.inputs(graph);
        Map<String, TensorSpec> scores = model.outputs(graph);
        String input = taken.keySet().iterator().next();
        if (taken.size() != 1 || !given.containsKey(input)) {
            throw DecoderGraph.unusable(
                    owner,
                    graph,
                    "takes " + String.join(" and ", taken.keySet()) + ", which " + decoder + " does not give");
        }
        String output = scores.keySet().iterator().next();
        if (scores.size() != 1
                || scores.get(output).axes().size() != 3
                || given.get(input).axes().size() != 3) {
            throw DecoderGraph.unusable(owner, graph, "does not make scores of three axes of such");
        }
        model.add(
                graph + ".last",
                new OnnxBytes()
                        .input(HIDDEN, given.get(input).element(), 3)
                        .constants("last", -1)
                        .node("Gather", List.of(HIDDEN, "last"), "of", Map.of("axis", 1))
                        .node(
                                "Cast",
                                List.of("of"),
                                THERE,
                                Map.of("to", OnnxBytes.code(taken.get(input).element())))
                        .output(THERE, taken.get(input).element(), 3)
                        .bytes());
        return new Head(graph, input, output, scores.get(output).element());
    }

    /** The decoder's output that it reads. */
    String input() {
        return input;
    }

    /** Of the scores. */
    TensorSpec.Element element() {
        return element;
    }

    /** Gives the scores of a step's last position to another run. */
    OrtModel.Kept scored(OrtModel.Caller model, OrtModel.Kept step, Function<Tensor, OrtModel.Kept> next) {
        try (OrtModel.Kept last = model.keep(graph + ".last", Map.of(HIDDEN, step.held(input)), Set.of(THERE));
                OrtModel.Kept scores = model.keep(graph, Map.of(input, last.held(THERE)), Set.of(output))) {
            return next.apply(scores.held(output));
        }
    }
}
