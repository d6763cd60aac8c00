package io.unifluid.inference.decoding;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.ort.TensorSpec;
import io.unifluid.inference.support.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Draws pictures token by token (classifier-free guidance, arXiv 2207.12598): a prompt is read with its words and without them,
 * and what the words change in the scores is taken {@code guidance} times. Scores stay inside ONNX Runtime; of a step one token
 * a picture comes out.
 */
final class Painter {
    private static final String GUIDED = "guided";
    private static final String FREE = "free";
    private static final String GUIDANCE = "guidance";
    private static final String COLD = "cold";
    private static final String CHANCE = "chance";
    private static final String BOTH = "both";
    private static final String TOKEN = "token";
    private static final String TOKENS = "tokens";

    /** TensorProto.DataType. */
    private static final int INT = 6;

    private static final int DOUBLE = 11;
    /** Numbers are below 1, so that some token's share always holds them. */
    private static final float LARGEST = Math.nextDown(1f);

    private final Settings settings;
    private final Settings.Drawing drawing;
    private final DecoderGraph graph;
    private final Embeddings words;
    private final Embeddings codes;
    private final String chooser;
    private final String pixels;
    private final String pixelsInput;

    /** Looks at the graphs of a loaded model, and adds one to it that chooses tokens. */
    Painter(OrtModel model, Reader reader, Layout.Drawing layout, Settings settings, String owner) {
        this.settings = settings;
        this.drawing = settings.drawing().orElseThrow();
        DecoderGraph reading = reader.graph();
        Head head = Head.of(model, reading.graph(), layout.head(), owner);
        this.graph = reading.with(head);
        this.words = reader.embeddings();
        this.codes = Embeddings.ofPictures(model, layout.tokens());
        this.chooser = layout.head() + ".draw";
        this.pixels = layout.pixels();
        this.pixelsInput = model.inputs(pixels).keySet().iterator().next();
        List<Long> places = model.inputs(pixels).get(pixelsInput).axes();
        if (places.size() != 2 || (places.getLast() != TensorSpec.ANY && places.getLast() != drawing.tokens())) {
            throw new BundleException(owner + ": the graph " + pixels + " takes tokens of "
                    + new TensorSpec(TensorSpec.Element.LONG, places) + " and bundle.json says " + drawing.tokens()
                    + " of a picture; import the model again.");
        }
        model.add(chooser, chooser(head.element(), drawing.temperature() == 0));
    }

    /**
     * Of scores with the words and without: the weighed scores, and of those the likeliest token, or the first up to which the
     * probabilities come to more than a number from 0 to 1.
     */
    private static byte[] chooser(TensorSpec.Element element, boolean likeliest) {
        OnnxBytes onnx = new OnnxBytes()
                .input(DecoderGraph.LOGITS, element, 3)
                .input(GUIDED, TensorSpec.Element.LONG, 1)
                .input(FREE, TensorSpec.Element.LONG, 1)
                .input(GUIDANCE, TensorSpec.Element.FLOAT, 2)
                .input(BOTH, TensorSpec.Element.LONG, 2)
                .constant("last", -1)
                .node("Gather", List.of(DecoderGraph.LOGITS, "last"), "there", Map.of("axis", 1))
                .node("Cast", List.of("there"), "scores", Map.of("to", OnnxBytes.code(TensorSpec.Element.FLOAT)))
                .node("Gather", List.of("scores", GUIDED), "with", Map.of("axis", 0))
                .node("Gather", List.of("scores", FREE), "without", Map.of("axis", 0))
                .node("Sub", List.of("with", "without"), "change", Map.of())
                .node("Mul", List.of("change", GUIDANCE), "more", Map.of())
                .node("Add", List.of("without", "more"), "weighed", Map.of());
        if (likeliest) {
            onnx.node("ArgMax", List.of("weighed"), TOKEN, Map.of("axis", 1, "keepdims", 0));
        } else {
            onnx.input(COLD, TensorSpec.Element.FLOAT, 2)
                    .input(CHANCE, TensorSpec.Element.FLOAT, 2)
                    .constant("across", 1)
                    .node("Mul", List.of("weighed", COLD), "tempered", Map.of())
                    // In 32 bits sums over thousands of tokens would be too coarse for the least likely ones.
                    .node("Cast", List.of("tempered"), "fine", Map.of("to", DOUBLE))
                    .node("Softmax", List.of("fine"), "shares", Map.of("axis", 1))
                    .node("CumSum", List.of("shares", "across"), "sums", Map.of())
                    .node("Cast", List.of(CHANCE), "at", Map.of("to", DOUBLE))
                    .node("Greater", List.of("sums", "at"), "beyond", Map.of())
                    .node("Cast", List.of("beyond"), "marks", Map.of("to", INT))
                    .node("ArgMax", List.of("marks"), TOKEN, Map.of("axis", 1, "keepdims", 0));
        }
        return onnx.node("Gather", List.of(TOKEN, BOTH), TOKENS, Map.of("axis", 0))
                .output(TOKEN, TensorSpec.Element.LONG, 1)
                .output(TOKENS, TensorSpec.Element.LONG, 2)
                .bytes();
    }

    /** Draws pictures together. */
    void draw(OrtModel.Caller model, List<Sketch> sketches, Padding padding) {
        draw(model, sketches, padding, drawing.tokens());
    }

    /** Runs every graph on a picture of which only a corner is drawn. */
    void warmUp(OrtModel.Caller model) {
        long[] begin = drawing.kept().stream().mapToLong(Long::longValue).toArray();
        long[] ids = begin.length == 0 ? new long[] {settings.rules().pad()} : begin;
        draw(model, List.of(new Sketch(ids, 1, 0)), new Padding(), Math.min(2, drawing.tokens()));
    }

    private void draw(OrtModel.Caller model, List<Sketch> sketches, Padding padding, int steps) {
        int count = sketches.size();
        List<long[]> prompts =
                new ArrayList<>(sketches.stream().map(sketch -> sketch.ids).toList());
        sketches.forEach(sketch -> prompts.add(withoutWords(sketch.ids)));
        Tensor.Floats[] embeds = words.of(model, prompts).toArray(Tensor.Floats[]::new);
        Seeds[] chance = sketches.stream().map(sketch -> new Seeds(sketch.seed)).toArray(Seeds[]::new);
        long[][] tokens = new long[count][drawing.tokens()];
        Decoder decoder = new Decoder(model, graph, codes, settings.firstPosition(), padding);
        Decoder.State at = decoder.read(decoder.begin(2 * count), embeds);
        try {
            Map<String, Tensor> fixed = fixed(sketches);
            for (int step = 0; step < steps; step++) {
                try (OrtModel.Kept chosen = at.choose(chooser, with(fixed, chance), Set.of(TOKEN, TOKENS))) {
                    long[] each = ((Tensor.Longs) chosen.tensor(TOKEN)).values();
                    for (int i = 0; i < count; i++) {
                        tokens[i][step] = each[i];
                    }
                    if (step + 1 < steps) {
                        at = decoder.goOn(at, chosen.held(TOKENS));
                    }
                }
            }
        } finally {
            at.close();
        }
        show(model, sketches, tokens);
    }

    private long[] withoutWords(long[] ids) {
        return Arrays.stream(ids)
                .map(id -> drawing.kept().contains(id) ? id : settings.rules().pad())
                .toArray();
    }

    /** What the chooser is given at every step. */
    private Map<String, Tensor> fixed(List<Sketch> sketches) {
        int count = sketches.size();
        float[] guidance = new float[count];
        float[] cold = new float[count];
        for (int i = 0; i < count; i++) {
            guidance[i] = sketches.get(i).guidance;
        }
        Arrays.fill(cold, (float) (drawing.temperature() == 0 ? 1 : 1 / drawing.temperature()));
        return Map.of(
                GUIDED, new Tensor.Longs(numbers(0, count), count),
                FREE, new Tensor.Longs(numbers(count, 2 * count), count),
                BOTH,
                        new Tensor.Longs(
                                IntStream.range(0, 2 * count)
                                        .mapToLong(i -> i % count)
                                        .toArray(),
                                2 * count,
                                1),
                GUIDANCE, new Tensor.Floats(guidance, count, 1),
                COLD, new Tensor.Floats(cold, count, 1));
    }

    private static long[] numbers(int from, int to) {
        return IntStream.range(from, to).asLongStream().toArray();
    }

    private static Map<String, Tensor> with(Map<String, Tensor> fixed, Seeds[] chance) {
        float[] numbers = new float[chance.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.min((float) chance[i].uniform(), LARGEST);
        }
        Map<String, Tensor> inputs = new HashMap<>(fixed);
        inputs.put(CHANCE, new Tensor.Floats(numbers, numbers.length, 1));
        return inputs;
    }

    private void show(OrtModel.Caller model, List<Sketch> sketches, long[][] tokens) {
        int count = sketches.size();
        long[] all = Arrays.stream(tokens).flatMapToLong(Arrays::stream).toArray();
        Map<String, Tensor> shown =
                model.run(pixels, Map.of(pixelsInput, new Tensor.Longs(all, count, drawing.tokens())));
        Tensor.Floats drawn = (Tensor.Floats) shown.values().iterator().next();
        long[] shape = drawn.shape();
        if (shape.length != 4 || shape[0] != count || shape[1] != 3) {
            throw new GraphFailure(
                    "The graph " + pixels + " gives " + Arrays.toString(shape) + " for " + count
                            + " pictures; the bundle's settings and graphs do not fit.",
                    new IllegalStateException("pictures"));
        }
        int size = drawn.values().length / count;
        for (int i = 0; i < count; i++) {
            Sketch sketch = sketches.get(i);
            sketch.tokens = tokens[i];
            sketch.pixels = Arrays.copyOfRange(drawn.values(), i * size, (i + 1) * size);
            sketch.height = (int) shape[2];
            sketch.width = (int) shape[3];
        }
    }
}
