package io.unifluid.inference.decoding;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads prompts: their tokens become embeddings, their pictures' features take their places, the decoder reads all. */
public final class Reader {
    public static final String DECODER = "decoder_model_merged";
    public static final String EMBED = "embed_tokens";
    public static final String ENCODER = "encoder_model";

    private static final String STATES = "last_hidden_state";

    private final Settings settings;
    private final DecoderGraph graph;
    private final Embeddings embeddings;

    /** Looks at the graphs of a loaded model: {@link #DECODER}, {@link #EMBED}, and {@link #ENCODER} where the decoder has one. */
    public Reader(OrtModel model, Settings settings, String owner) {
        this.settings = settings;
        this.graph = DecoderGraph.of(model, DECODER, owner);
        this.embeddings = new Embeddings(model, EMBED);
        if (graph.hasEncoder() && settings.decoderStart().isEmpty()) {
            throw new BundleException(owner
                    + ": bundle.json does not say what decoders begin with (specialTokens.decoderStart); import the model"
                    + " again.");
        }
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
        Decoder decoder = new Decoder(model, graph, embeddings, settings.firstPosition(), padding);
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
        Tensor.Floats[] rows = embeds.toArray(Tensor.Floats[]::new);
        if (!graph.hasEncoder()) {
            try (Decoder.State nothing = decoder.begin(rows.length)) {
                return new Reading(decoder, decoder.read(nothing, rows), OrtModel.Kept.NOTHING);
            }
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
