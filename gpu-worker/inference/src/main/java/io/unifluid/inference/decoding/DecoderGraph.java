package io.unifluid.inference.decoding;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.ort.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A decoder with its caches, as its graph says that it is: exporters differ in what they feed, and only what is declared is
 * fed. Beside it stand two small graphs made here, which choose rows of the caches and read the scores of the last position.
 */
public final class DecoderGraph {
    static final String EMBEDS = "inputs_embeds";
    static final String MASK = "attention_mask";
    static final String POSITIONS = "position_ids";
    static final String ENCODER_STATES = "encoder_hidden_states";
    static final String ENCODER_MASK = "encoder_attention_mask";
    static final String CACHE_BRANCH = "use_cache_branch";
    static final String KEEP_LOGITS = "num_logits_to_keep";
    static final String LOGITS = "logits";
    static final String ROWS = "rows";
    static final String KEPT = "kept.";
    static final String WANTED = "wanted";
    static final String TOKEN = "token";
    static final String TOKEN_LOG = "token_log";
    static final String WANTED_LOG = "wanted_log";
    static final String LOGS = "logs";

    private static final String PAST = "past_key_values.";
    private static final String PRESENT = "present.";
    private static final Set<String> FED =
            Set.of(EMBEDS, MASK, POSITIONS, ENCODER_STATES, ENCODER_MASK, CACHE_BRANCH, KEEP_LOGITS);

    private final String graph;
    private final Map<String, TensorSpec> inputs;
    private final List<Cache> caches;
    private final Optional<Head> head;

    /** What an encoder gives for every step, of what is taken. */
    private final List<String> encoded;

    /**
     * Keys or values of one layer.
     *
     * @param encoder of the encoder's output: what the first step gives holds for all
     */
    record Cache(String past, String present, TensorSpec spec, boolean encoder) {
        /** Nothing read yet. */
        Tensor empty(int rows) {
            long[] shape = new long[spec.axes().size()];
            shape[0] = rows;
            for (int i = 1; i < shape.length; i++) {
                shape[i] = Math.max(0, spec.axes().get(i));
            }
            return new Tensor.Floats(new float[0], shape);
        }
    }

    private DecoderGraph(String graph, Map<String, TensorSpec> inputs, List<Cache> caches, Optional<Head> head) {
        this.graph = graph;
        this.inputs = inputs;
        this.caches = caches;
        this.head = head;
        this.encoded =
                Stream.of(ENCODER_STATES, ENCODER_MASK).filter(this::takes).toList();
    }

    /**
     * Looks at a loaded graph and adds the two beside it to the model.
     *
     * @param headGraph makes the scores, if the decoder does not
     * @param owner begins messages, for example "Bundle /models/a"
     * @throws BundleException if it wants what is not fed, or does not give back what it goes on from
     */
    public static DecoderGraph of(OrtModel model, String graph, Optional<String> headGraph, String owner) {
        Map<String, TensorSpec> inputs = model.inputs(graph);
        Map<String, TensorSpec> outputs = model.outputs(graph);
        List<Cache> caches = new ArrayList<>();
        inputs.forEach((name, spec) -> {
            if (name.startsWith(PAST)) {
                String present = PRESENT + name.substring(PAST.length());
                if (!outputs.containsKey(present)) {
                    throw unusable(owner, graph, "takes " + name + " and does not give " + present);
                }
                boolean growing = spec.axes().size() > 1
                        && spec.axes().subList(1, spec.axes().size()).contains(TensorSpec.ANY);
                if (!growing) {
                    throw unusable(owner, graph, "has a cache of a fixed length, " + name + " " + spec);
                }
                caches.add(new Cache(name, present, spec, name.contains(".encoder.")));
            } else if (!FED.contains(name)) {
                throw unusable(owner, graph, "wants the input " + name + ", which is not known here");
            }
        });
        if (!inputs.containsKey(EMBEDS) || caches.isEmpty()) {
            throw unusable(owner, graph, "does not take " + EMBEDS + " and " + PAST + "*");
        }
        Optional<Head> head = headGraph.map(name -> Head.of(model, graph, name, owner));
        TensorSpec logits = outputs.get(LOGITS);
        if (head.isEmpty() && (logits == null || logits.axes().size() != 3)) {
            throw unusable(owner, graph, "does not give " + LOGITS + " of three axes");
        }
        DecoderGraph decoder = new DecoderGraph(graph, inputs, List.copyOf(caches), head);
        model.add(graph + ".rows", decoder.rows());
        model.add(graph + ".pick", pick(head.map(Head::element).orElseGet(() -> logits.element())));
        return decoder;
    }

    /** The same decoder, whose scores another graph makes. */
    DecoderGraph with(Head other) {
        return new DecoderGraph(graph, inputs, caches, Optional.of(other));
    }

    static BundleException unusable(String owner, String graph, String why) {
        return new BundleException(
                owner + ": the graph " + graph + " " + why + "; take an export in the transformers.js layout.");
    }

    private byte[] rows() {
        OnnxBytes onnx = new OnnxBytes().input(ROWS, TensorSpec.Element.LONG, 1);
        carried().forEach(name -> {
            TensorSpec spec = inputs.get(name);
            int axes = spec.axes().size();
            onnx.input(name, spec.element(), axes)
                    .output(KEPT + name, spec.element(), axes)
                    .node("Gather", List.of(name, ROWS), KEPT + name, Map.of("axis", 0));
        });
        return onnx.bytes();
    }

    /** What goes on from step to step, row by row: the names of inputs. */
    List<String> carried() {
        return Stream.concat(caches.stream().map(Cache::past), encoded.stream()).toList();
    }

    /** Of the last position: the best token, and natural logarithms of probabilities of it, of a wanted one, of all. */
    private static byte[] pick(TensorSpec.Element element) {
        return new OnnxBytes()
                .input(LOGITS, element, 3)
                .input(WANTED, TensorSpec.Element.LONG, 2)
                .constant("last", -1)
                .node("Gather", List.of(LOGITS, "last"), "there", Map.of("axis", 1))
                .node("Cast", List.of("there"), "scores", Map.of("to", OnnxBytes.code(TensorSpec.Element.FLOAT)))
                .node("LogSoftmax", List.of("scores"), LOGS, Map.of("axis", 1))
                .node("ArgMax", List.of("scores"), TOKEN, Map.of("axis", 1, "keepdims", 0))
                .over("ReduceMax", LOGS, TOKEN_LOG, 1)
                .node("GatherElements", List.of(LOGS, WANTED), WANTED_LOG, Map.of("axis", 1))
                .output(TOKEN, TensorSpec.Element.LONG, 1)
                .output(TOKEN_LOG, TensorSpec.Element.FLOAT, 1)
                .output(WANTED_LOG, TensorSpec.Element.FLOAT, 2)
                .output(LOGS, TensorSpec.Element.FLOAT, 2)
                .bytes();
    }

    String graph() {
        return graph;
    }

    List<Cache> caches() {
        return caches;
    }

    /** Gives a step's scores to another run: those of the last position, or of every one. */
    OrtModel.Kept scored(OrtModel.Caller model, OrtModel.Kept step, Function<Tensor, OrtModel.Kept> next) {
        return head.isPresent() ? head.get().scored(model, step, next) : next.apply(step.held(LOGITS));
    }

    /** What it gives that is wanted of it. */
    Set<String> wanted(boolean first) {
        Set<String> wanted = new HashSet<>(Set.of(head.map(Head::input).orElse(LOGITS)));
        caches.stream().filter(cache -> first || !cache.encoder()).forEach(cache -> wanted.add(cache.present()));
        return wanted;
    }

    boolean takes(String input) {
        return inputs.containsKey(input);
    }

    /** Whether it goes on from an encoder's output. */
    public boolean hasEncoder() {
        return takes(ENCODER_STATES) || caches.stream().anyMatch(Cache::encoder);
    }

    /** Whether rows of different lengths may share a run from the beginning. */
    public boolean padsBeginnings() {
        return takes(MASK);
    }

    /** Whether they may do so after something was read: a graph that counts positions itself would count the padding. */
    public boolean padsLater() {
        return takes(MASK) && takes(POSITIONS);
    }

    /** Of each row, what is fed beside embeddings and caches. */
    Map<String, Tensor> flags(boolean first) {
        Map<String, Tensor> flags = new LinkedHashMap<>();
        flags.put(CACHE_BRANCH, new Tensor.Flags(new boolean[] {!first}, 1));
        flags.put(KEEP_LOGITS, new Tensor.Longs(new long[] {1}, numberOfLogitsShape()));
        return flags;
    }

    private long[] numberOfLogitsShape() {
        TensorSpec spec = inputs.get(KEEP_LOGITS);
        return spec == null || spec.axes().isEmpty() ? new long[0] : new long[] {1};
    }
}
