package io.unifluid.inference.decoding;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads prompts: their tokens become embeddings, their pictures' features take their places, the decoder reads all. */
public final class Reader {
    public static final String DECODER = "decoder_model_merged";
    public static final String EMBED = "embed_tokens";
    public static final String ENCODER = "encoder_model";

    private static final String STATES = "last_hidden_state";

    private final Settings settings;
    private final DecoderGraph graph;
    private final Embeddings embeddings;
    private final boolean sharesBeginnings;
    private final Optional<CompiledLoop> loop;

    /**
     * Looks at the graphs of a loaded model: those that the dialect's layout names, {@link #ENCODER} where the decoder has one, and
     * {@link CompiledLoop#GRAPH} where it is loaded.
     */
    public Reader(OrtModel model, Settings settings, Dialect dialect, String owner) {
        this.settings = settings;
        Layout layout = dialect.layout();
        this.graph = DecoderGraph.of(model, layout.decoder(), layout.head(), owner);
        this.embeddings = Embeddings.ofWords(model, layout.tokens(), dialect);
        this.sharesBeginnings = dialect.readsForward() && graph.padsLater() && !graph.hasEncoder();
        if (graph.hasEncoder() && settings.decoderStart().isEmpty()) {
            throw new BundleException(owner
                    + ": bundle.json does not say what decoders begin with (specialTokens.decoderStart); import the model"
                    + " again.");
        }
        this.loop = model.has(CompiledLoop.GRAPH) && settings.rules().likeliest()
                ? Optional.of(CompiledLoop.of(model, graph, settings.rules(), owner))
                : Optional.empty();
    }

    /** Whether texts can be written in one run. */
    boolean writes() {
        return loop.isPresent();
    }

    DecoderGraph graph() {
        return graph;
    }

    Embeddings embeddings() {
        return embeddings;
    }

    /** Whether prompts of different lengths may be read together. */
    boolean pads() {
        return graph.padsBeginnings() || graph.hasEncoder();
    }

    /** Prompts that have been read. */
    record Reading(Decoder decoder, Decoder.State state, OrtModel.Kept encoded) implements AutoCloseable {
        @Override
        public void close() {
            state.close();
            encoded.close();
        }
    }

    /**
     * Reads prompts together.
     *
     * @param prompts ids of each
     * @param pictures the features of each prompt's picture, rows x numbers
     */
    Reading read(OrtModel.Caller model, List<long[]> prompts, List<Tensor.Floats> pictures, Padding padding) {
        Decoder decoder = decoder(model, padding);
        Tensor.Floats[] rows = embedded(model, prompts, pictures);
        if (!graph.hasEncoder()) {
            Decoder.State state = last(decoder, prompts, rows, pictures, decoder::read);
            return new Reading(decoder, state, OrtModel.Kept.NOTHING);
        }
        Map<String, Tensor> inputs = padded(rows, padding);
        OrtModel.Kept encoded = model.keep(ENCODER, inputs, Set.of(STATES));
        try {
            Map<String, Tensor> fixed = new HashMap<>();
            fixed.put(DecoderGraph.ENCODER_STATES, encoded.held(STATES));
            fixed.put(DecoderGraph.ENCODER_MASK, inputs.get(DecoderGraph.MASK));
            fixed.keySet().retainAll(graph.carried());
            long[] start = new long[rows.length];
            Arrays.fill(start, settings.decoderStart().getAsLong());
            Decoder.State begun = decoder.begin(rows.length, fixed);
            return new Reading(decoder, decoder.goOn(begun, start), encoded);
        } catch (RuntimeException | Error e) {
            encoded.close();
            throw e;
        }
    }

    /**
     * Reads prompts together and writes a text after each, in one run; only where {@link #writes} says so.
     *
     * @param prompts ids of each
     * @param pictures the features of each prompt's picture, rows x numbers
     * @param most tokens of each text, end marks included
     */
    CompiledLoop.Written write(
            OrtModel.Caller model, List<long[]> prompts, List<Tensor.Floats> pictures, long[] most, Padding padding) {
        Decoder decoder = decoder(model, padding);
        return last(
                decoder,
                prompts,
                embedded(model, prompts, pictures),
                pictures,
                (before, rest) -> decoder.write(before, rest, loop.orElseThrow(), most));
    }

    private Decoder decoder(OrtModel.Caller model, Padding padding) {
        return new Decoder(model, graph, embeddings, settings.firstPosition(), padding);
    }

    /** Of each prompt, with its picture's features in their places. */
    private Tensor.Floats[] embedded(OrtModel.Caller model, List<long[]> prompts, List<Tensor.Floats> pictures) {
        // A picture's mark need not be among the embeddings: what stands there is replaced anyway.
        List<Tensor.Floats> embeds = embeddings.of(
                model,
                prompts.stream()
                        .map(ids -> Arrays.stream(ids)
                                .map(id -> id == settings.imageId()
                                        ? settings.rules().pad()
                                        : id)
                                .toArray())
                        .toList());
        for (int i = 0; i < embeds.size(); i++) {
            place(pictures.get(i), prompts.get(i), embeds.get(i));
        }
        return embeds.toArray(Tensor.Floats[]::new);
    }

    /** Reads all of the prompts but for what is read last, which the caller does. */
    private <T> T last(
            Decoder decoder,
            List<long[]> prompts,
            Tensor.Floats[] rows,
            List<Tensor.Floats> pictures,
            BiFunction<Decoder.State, Tensor.Floats[], T> read) {
        int[] groups = groups(pictures);
        return sharesBeginnings && count(groups) < rows.length
                ? beginningsOnce(decoder, prompts, rows, groups, read)
                : read.apply(decoder.begin(rows.length), rows);
    }

    /** By prompt, the number of its picture: each different one has its own, from 0 on in the order that they come. */
    private static int[] groups(List<Tensor.Floats> pictures) {
        Map<Tensor.Floats, Integer> numbers = new IdentityHashMap<>();
        return pictures.stream()
                .mapToInt(picture -> numbers.computeIfAbsent(picture, _ -> numbers.size()))
                .toArray();
    }

    private static int count(int[] groups) {
        return Arrays.stream(groups).max().orElse(-1) + 1;
    }

    /** What all prompts on a picture begin with is read in one row, and the rest in a row each. */
    private static <T> T beginningsOnce(
            Decoder decoder,
            List<long[]> prompts,
            Tensor.Floats[] rows,
            int[] groups,
            BiFunction<Decoder.State, Tensor.Floats[], T> read) {
        long[][] common = new long[count(groups)][];
        Tensor.Floats[] beginnings = new Tensor.Floats[common.length];
        for (int i = 0; i < groups.length; i++) {
            long[] ids = prompts.get(i);
            long[] before = common[groups[i]] == null ? ids : common[groups[i]];
            int different = Arrays.mismatch(before, ids);
            // Something must be left of each prompt, since scores come of what is read last.
            int same = Math.min(different < 0 ? ids.length : different, Math.min(before.length, ids.length - 1));
            common[groups[i]] = Arrays.copyOf(ids, same);
        }
        Tensor.Floats[] rests = new Tensor.Floats[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int size = (int) rows[i].shape()[1];
            int from = common[groups[i]].length;
            int length = (int) rows[i].shape()[0];
            float[] values = rows[i].values();
            beginnings[groups[i]] = new Tensor.Floats(Arrays.copyOf(values, from * size), from, size);
            rests[i] = new Tensor.Floats(Arrays.copyOfRange(values, from * size, length * size), length - from, size);
        }
        try (Decoder.State begun = decoder.read(decoder.begin(common.length), beginnings);
                Decoder.State each = decoder.rows(begun, groups)) {
            return read.apply(each, rests);
        }
    }

    /** Of an encoder, which counts positions from a row's beginning: padded behind its end. */
    private static Map<String, Tensor> padded(Tensor.Floats[] rows, Padding padding) {
        int width =
                Arrays.stream(rows).mapToInt(row -> (int) row.shape()[0]).max().orElseThrow();
        int size = (int) rows[0].shape()[1];
        float[] values = new float[rows.length * width * size];
        long[] mask = new long[rows.length * width];
        long read = 0;
        for (int i = 0; i < rows.length; i++) {
            int length = (int) rows[i].shape()[0];
            System.arraycopy(rows[i].values(), 0, values, i * width * size, length * size);
            Arrays.fill(mask, i * width, i * width + length, 1);
            read += length;
        }
        padding.count(mask.length, mask.length - read);
        return Map.of(
                DecoderGraph.EMBEDS,
                new Tensor.Floats(values, rows.length, width, size),
                DecoderGraph.MASK,
                new Tensor.Longs(mask, rows.length, width));
    }

    /** A picture's features in place of the embeddings of its marks. */
    private void place(Tensor.Floats features, long[] ids, Tensor.Floats embeds) {
        int size = (int) embeds.shape()[1];
        int count =
                (int) Arrays.stream(ids).filter(id -> id == settings.imageId()).count();
        if (features.shape()[0] != count || features.shape()[1] != size) {
            throw new GraphFailure(
                    "The vision encoder gives " + features.shape()[0] + " x " + features.shape()[1]
                            + " numbers for a picture whose prompt has " + count + " places of " + size
                            + "; the bundle's settings and graphs do not fit.",
                    new IllegalStateException("places"));
        }
        int next = 0;
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == settings.imageId()) {
                System.arraycopy(features.values(), next++ * size, embeds.values(), i * size, size);
            }
        }
    }
}
