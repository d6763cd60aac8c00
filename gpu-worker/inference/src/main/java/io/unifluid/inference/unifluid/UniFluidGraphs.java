package io.unifluid.inference.unifluid;

import static io.unifluid.inference.ort.TensorSpec.ANY;

import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.ort.TensorSpec;
import io.unifluid.inference.support.Seeds;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls of the graphs by one thread: rows to tensors, tensors to results. Every call may throw GraphFailure.
 *
 * <p>What they take and give, with B rows of a batch (N pictures), T token ids of the widest prompt, L of the widest answer,
 * M tokens written, S image tokens of D numbers, a picture of H x W, and F numbers in a feature; {@link #inputs} and
 * {@link #outputs} say the same to whoever loads a bundle. f is a 32-bit float, i a 64-bit integer.
 *
 * <pre>
 * encode      pixels        f [N, 3, H, W]  red, green and blue planes, 0 to 1 less the mean, by the deviation
 *          -> features      f [N, S, F]     as understand and score take them
 * understand  features      f [B, S, F]
 *             prompt_ids    i [B, T]        ids of the tokenizer; behind a row's length the pad id
 *             prompt_length i [B]           1 to T
 *             max_new       i []            at least 1
 *          -> tokens        i [B, M]        M is at most max_new; behind its end a row has the pad id
 *             logprob       f [B, M]        of each token, at most 0; 0 behind the end
 * begin, step and keep are understand in parts, which a bundle may have (a CPU runs these in its place): X stands for each
 * part of a state whose number and kinds are the bundle's own, and next_X goes into state_X of whatever comes next.
 * begin       understand's but max_new
 *          -> next_X
 * step        state_X
 *          -> next_X
 *             token         i [B]           as understand writes one
 *             logprob       f [B]
 * keep        state_X
 *             rows          i [K]           of 0 to B - 1: which go on
 *          -> next_X                        of these
 * score       features, prompt_ids, prompt_length as above
 *             answer_ids    i [B, L]        padded as prompts are
 *             answer_length i [B]           1 to L
 *          -> logprob       f [B]           of the whole answer, at most 0
 * choices is score with all questions about a picture in one row, which a bundle may have (a CPU runs it in its place). W are
 * the tokens of such a row, a beginning that several texts have in common once, K those that are scored.
 * choices     features      f [N, S, F]
 *             ids           i [N, W]        prompts and choices, one behind the other
 *             place         i [N, W]        in its own text: a prompt begins at 0, a choice where its prompt ends
 *             until         i [N, W]        the last token that sees it, which all from itself to there do; -1 behind a
 *                                           row's end. All see the picture
 *             before        i [N, K]        0 to W - 1: behind which token one is scored
 *             wanted        i [N, K]        which
 *          -> logprob       f [N, K]        at most 0
 * generate    prompt_ids, prompt_length as above
 *             order         i [B, S]        each of 0 to S - 1 once: which image token comes when
 *             noise         f [B, S, D]     standard normal
 *             guidance      f [B]           0 to 20, 1 for none
 *             steps         i []            at least 1
 *          -> pixels        f [B, 3, H, W]  -1 to 1; what lies beyond is cut off
 * edit        as generate, and
 *             source        f [B, 3, H, W]  the picture, as encode takes it
 * </pre>
 */
final class UniFluidGraphs {
    static final String ENCODE = "encode";
    static final String UNDERSTAND = "understand";
    static final String BEGIN = "begin";
    static final String STEP = "step";
    static final String KEEP = "keep";
    static final String SCORE = "score";
    static final String CHOICES = "choices";
    static final String GENERATE = "generate";
    static final String EDIT = "edit";

    /** Rows that have ended are left out once no more than this share of a run's rows goes on: to leave them out is a copy. */
    private static final double KEPT_AT_MOST = 0.75;

    private static final TensorSpec TOKENS = TensorSpec.longs(ANY, ANY);
    private static final TensorSpec LENGTHS = TensorSpec.longs(ANY);
    private static final TensorSpec ONE_LONG = TensorSpec.longs();

    private final OrtModel.Caller model;
    private final UniFluidSettings settings;

    UniFluidGraphs(OrtModel.Caller model, UniFluidSettings settings) {
        this.model = model;
        this.settings = settings;
    }

    /**
     * What a graph may take; one that wants something else is not of this family.
     *
     * @param features as the bundle's own encode graph gives them
     */
    static Map<String, TensorSpec> inputs(String graph, UniFluidSettings settings, TensorSpec features) {
        Map<String, TensorSpec> inputs = new HashMap<>();
        switch (graph) {
            case ENCODE -> inputs.put("pixels", pixels(settings));
            case UNDERSTAND ->
                inputs.putAll(Map.of(
                        "features", features, "prompt_ids", TOKENS, "prompt_length", LENGTHS, "max_new", ONE_LONG));
            case BEGIN -> inputs.putAll(Map.of("features", features, "prompt_ids", TOKENS, "prompt_length", LENGTHS));
            case STEP -> {}
            case KEEP -> inputs.put("rows", LENGTHS);
            case SCORE ->
                inputs.putAll(Map.of(
                        "features", features,
                        "prompt_ids", TOKENS,
                        "prompt_length", LENGTHS,
                        "answer_ids", TOKENS,
                        "answer_length", LENGTHS));
            case CHOICES -> {
                inputs.put("features", features);
                for (String name : List.of("ids", "place", "until", "before", "wanted")) {
                    inputs.put(name, TOKENS);
                }
            }
            case GENERATE, EDIT -> {
                inputs.putAll(Map.of(
                        "prompt_ids",
                        TOKENS,
                        "prompt_length",
                        LENGTHS,
                        "order",
                        TensorSpec.longs(ANY, settings.imageTokens()),
                        "noise",
                        TensorSpec.floats(ANY, settings.imageTokens(), settings.tokenDim()),
                        "guidance",
                        TensorSpec.floats(ANY),
                        "steps",
                        ONE_LONG));
                if (graph.equals(EDIT)) {
                    inputs.put("source", pixels(settings));
                }
            }
            default -> throw new IllegalArgumentException("This family has no graph " + graph + ".");
        }
        return inputs;
    }

    /** What a graph must give. */
    static Map<String, TensorSpec> outputs(String graph, UniFluidSettings settings) {
        return switch (graph) {
            case ENCODE -> Map.of("features", features(settings));
            case UNDERSTAND -> Map.of("tokens", TOKENS, "logprob", TensorSpec.floats(ANY, ANY));
            case BEGIN, KEEP -> Map.of();
            case STEP -> Map.of("token", LENGTHS, "logprob", TensorSpec.floats(ANY));
            case SCORE -> Map.of("logprob", TensorSpec.floats(ANY));
            case CHOICES -> Map.of("logprob", TensorSpec.floats(ANY, ANY));
            case GENERATE, EDIT -> Map.of("pixels", pixels(settings));
            default -> throw new IllegalArgumentException("This family has no graph " + graph + ".");
        };
    }

    /** Features of any size. */
    static TensorSpec features(UniFluidSettings settings) {
        return TensorSpec.floats(ANY, settings.imageTokens(), ANY);
    }

    private static TensorSpec pixels(UniFluidSettings settings) {
        return TensorSpec.floats(
                ANY, 3, settings.image().height(), settings.image().width());
    }

    /** The features of each picture, in their order. */
    List<Tensor.Floats> encode(List<ImageTensor> images) {
        Tensor.Floats features = floats(ENCODE, "features", Map.of("pixels", pixels(images)));
        int size = features.values().length / images.size();
        long[] shape = Arrays.copyOfRange(features.shape(), 1, features.shape().length);
        Tensor.Floats[] rows = new Tensor.Floats[images.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new Tensor.Floats(Arrays.copyOfRange(features.values(), i * size, (i + 1) * size), shape);
        }
        return List.of(rows);
    }

    /** Writes tokens and log-probability into each row. */
    void write(List<Row.Write> rows, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        if (model.has(STEP)) {
            writeInSteps(rows, features, padding);
        } else {
            writeAtOnce(rows, features, padding);
        }
    }

    private Map<String, Tensor> asked(List<Row.Write> rows, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put(
                "features",
                stack(rows.stream().map(row -> features.get(row.image)).toList()));
        inputs.put("prompt_ids", padding.prompts(rows));
        inputs.put("prompt_length", Padding.lengths(rows, row -> row.prompt));
        return inputs;
    }

    /** Rows that have ended cost nothing more, however long the others are. */
    private void writeInSteps(List<Row.Write> rows, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        List<Row.Writing> going =
                rows.stream().map(row -> new Row.Writing(row, settings.eos())).toList();
        OrtModel.Kept state = model.run(BEGIN, asked(rows, features, padding), OrtModel.Kept.NOTHING);
        try {
            while (true) {
                state = goOn(STEP, Map.of(), state);
                long[] tokens = ((Tensor.Longs) state.tensor("token")).values();
                float[] logs = ((Tensor.Floats) state.tensor("logprob")).values();
                for (int i = 0; i < going.size(); i++) {
                    going.get(i).write(tokens[i], logs[i]);
                }
                int[] kept = Row.Writing.unended(going);
                if (kept.length == 0) {
                    return;
                }
                if (kept.length <= KEPT_AT_MOST * going.size()) {
                    long[] places = Arrays.stream(kept).asLongStream().toArray();
                    state = goOn(KEEP, Map.of("rows", new Tensor.Longs(places, places.length)), state);
                    going = Arrays.stream(kept).mapToObj(going::get).toList();
                }
            }
        } finally {
            state.close();
        }
    }

    private OrtModel.Kept goOn(String graph, Map<String, Tensor> inputs, OrtModel.Kept before) {
        OrtModel.Kept next = model.run(graph, inputs, before);
        before.close();
        return next;
    }

    private void writeAtOnce(List<Row.Write> rows, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        int maxNew = rows.stream().mapToInt(row -> row.maxNew).max().orElse(1);
        Map<String, Tensor> inputs = asked(rows, features, padding);
        inputs.put("max_new", new Tensor.Longs(new long[] {maxNew}));
        Map<String, Tensor> outputs = model.run(UNDERSTAND, inputs);
        long[] tokens = ((Tensor.Longs) outputs.get("tokens")).values();
        float[] logs = ((Tensor.Floats) outputs.get("logprob")).values();
        int width = tokens.length / rows.size();
        for (int i = 0; i < rows.size(); i++) {
            Row.Write row = rows.get(i);
            int length = Math.min(width, row.maxNew);
            Row.Writing writing = new Row.Writing(row, settings.eos());
            for (int j = 0; j < length; j++) {
                writing.write(tokens[i * width + j], logs[i * width + j]);
            }
        }
    }

    /** Writes the log-probability of its answer into each row. */
    void score(List<Row.Score> rows, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        Tensor.Floats logs = floats(
                SCORE,
                "logprob",
                Map.of(
                        "features",
                                stack(rows.stream()
                                        .map(row -> features.get(row.image))
                                        .toList()),
                        "prompt_ids", padding.prompts(rows),
                        "prompt_length", Padding.lengths(rows, row -> row.prompt),
                        "answer_ids", padding.answers(rows),
                        "answer_length", Padding.lengths(rows, row -> row.answer)));
        for (int i = 0; i < rows.size(); i++) {
            rows.get(i).logProbability = logs.values()[i];
        }
    }

    /** Whether questions about the same picture are scored in one row, by {@link #scorePacked}. */
    boolean packs() {
        return model.has(CHOICES);
    }

    /** Writes the log-probability of its answer into each row of the packs. */
    void scorePacked(List<Pack> packs, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        Pack.Inputs inputs = Pack.Inputs.of(packs, padding.width(packs), settings.pad());
        Tensor.Floats logs = floats(
                CHOICES,
                "logprob",
                Map.of(
                        "features",
                                stack(packs.stream()
                                        .map(pack -> features.get(pack.image()))
                                        .toList()),
                        "ids", new Tensor.Longs(inputs.ids(), packs.size(), inputs.width()),
                        "place", new Tensor.Longs(inputs.place(), packs.size(), inputs.width()),
                        "until", new Tensor.Longs(inputs.until(), packs.size(), inputs.width()),
                        "before", new Tensor.Longs(inputs.before(), packs.size(), inputs.scored()),
                        "wanted", new Tensor.Longs(inputs.wanted(), packs.size(), inputs.scored())));
        for (int i = 0; i < packs.size(); i++) {
            packs.get(i).take(logs.values(), i * inputs.scored());
        }
    }

    /** Draws each row's pixels; all rows have the same steps, and all or none a source. */
    void draw(List<Row.Draw> rows, Padding padding) {
        int tokens = settings.imageTokens();
        int numbers = tokens * settings.tokenDim();
        long[] order = new long[rows.size() * tokens];
        float[] noise = new float[rows.size() * numbers];
        float[] guidance = new float[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            Seeds seeds = new Seeds(rows.get(i).seed);
            seeds.order(order, i * tokens, tokens);
            seeds.noise(noise, i * numbers, numbers);
            guidance[i] = rows.get(i).guidance;
        }
        draw(
                rows,
                new Tensor.Longs(order, rows.size(), tokens),
                new Tensor.Floats(noise, rows.size(), tokens, settings.tokenDim()),
                new Tensor.Floats(guidance, rows.size()),
                padding);
    }

    /** Draws with the order and noise given, where they do not come from the rows' seeds. */
    void draw(List<Row.Draw> rows, Tensor.Longs order, Tensor.Floats noise, Tensor.Floats guidance, Padding padding) {
        Row.Draw first = rows.getFirst();
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("prompt_ids", padding.prompts(rows));
        inputs.put("prompt_length", Padding.lengths(rows, row -> row.prompt));
        inputs.put("order", order);
        inputs.put("noise", noise);
        inputs.put("guidance", guidance);
        inputs.put("steps", new Tensor.Longs(new long[] {first.steps}));
        if (first.edits()) {
            inputs.put("source", pixels(rows.stream().map(row -> row.source).toList()));
        }
        float[] pixels =
                floats(first.edits() ? EDIT : GENERATE, "pixels", inputs).values();
        int size = pixels.length / rows.size();
        for (int i = 0; i < rows.size(); i++) {
            rows.get(i).pixels = Arrays.copyOfRange(pixels, i * size, (i + 1) * size);
        }
    }

    private Tensor.Floats floats(String graph, String output, Map<String, Tensor> inputs) {
        return (Tensor.Floats) model.run(graph, inputs).get(output);
    }

    private Tensor.Floats pixels(List<ImageTensor> images) {
        return stack(images.stream()
                .map(image -> new Tensor.Floats(image.values(), 3, image.height(), image.width()))
                .toList());
    }

    private static Tensor.Floats stack(List<Tensor.Floats> rows) {
        Tensor.Floats first = rows.getFirst();
        int size = first.values().length;
        float[] values = new float[rows.size() * size];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i).values(), 0, values, i * size, size);
        }
        long[] shape = new long[first.shape().length + 1];
        shape[0] = rows.size();
        System.arraycopy(first.shape(), 0, shape, 1, first.shape().length);
        return new Tensor.Floats(values, shape);
    }
}
