package io.unifluid.inference.decoding;

import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Runs a decoder for one thread: it reads embeddings, and goes on from what it has read. Caches and embeddings of single
 * tokens stay inside ONNX Runtime between runs. Every call may throw GraphFailure.
 */
final class Decoder {
    private final OrtModel.Caller model;
    private final DecoderGraph graph;
    private final Embeddings embeddings;
    private final int firstPosition;
    private final Padding padding;

    /** @param firstPosition the position of a row's first token, as the model counts */
    Decoder(OrtModel.Caller model, DecoderGraph graph, Embeddings embeddings, int firstPosition, Padding padding) {
        this.model = model;
        this.graph = graph;
        this.embeddings = embeddings;
        this.firstPosition = firstPosition;
        this.padding = padding;
    }

    /** Rows that have been read so far. Its owner closes it, or gives it to {@link Decoder#goOn}. */
    final class State implements AutoCloseable {
        private final int rows;
        /** By row, 1 where a token was read and 0 where there was none. */
        private final long[][] mask;

        private final Map<String, Tensor> caches;
        /** What an encoder gave, for every step. */
        private final Map<String, Tensor> fixed;

        private final OrtModel.Kept step;
        private final OrtModel.Kept first;

        private State(
                long[][] mask,
                Map<String, Tensor> caches,
                Map<String, Tensor> fixed,
                OrtModel.Kept step,
                OrtModel.Kept first) {
            this.rows = mask.length;
            this.mask = mask;
            this.caches = caches;
            this.fixed = fixed;
            this.step = step;
            this.first = first;
        }

        int rows() {
            return rows;
        }

        private int width() {
            return mask[0].length;
        }

        private boolean begins() {
            return step == null;
        }

        private int read(int row) {
            return (int) Arrays.stream(mask[row]).sum();
        }

        /** The likeliest next token of each row, and its logarithm. */
        Best best() {
            try (OrtModel.Kept picked = pick(new long[rows], Set.of(DecoderGraph.TOKEN, DecoderGraph.TOKEN_LOG))) {
                return new Best(
                        ((Tensor.Longs) picked.tensor(DecoderGraph.TOKEN)).values(),
                        ((Tensor.Floats) picked.tensor(DecoderGraph.TOKEN_LOG)).values());
            }
        }

        /**
         * Of each row, the logarithms of the probabilities that each of some tokens is next.
         *
         * @param tokens as many of each row, row by row
         */
        float[] logs(long[] tokens) {
            try (OrtModel.Kept picked = pick(tokens, Set.of(DecoderGraph.WANTED_LOG))) {
                return ((Tensor.Floats) picked.tensor(DecoderGraph.WANTED_LOG)).values();
            }
        }

        /** The same of every token, row by row. */
        float[] allLogs() {
            try (OrtModel.Kept picked = pick(new long[rows], Set.of(DecoderGraph.LOGS))) {
                return ((Tensor.Floats) picked.tensor(DecoderGraph.LOGS)).values();
            }
        }

        private OrtModel.Kept pick(long[] wanted, Set<String> outputs) {
            return choose(
                    graph.graph() + ".pick",
                    Map.of(DecoderGraph.WANTED, new Tensor.Longs(wanted, rows, wanted.length / rows)),
                    outputs);
        }

        /** Runs a graph on the scores of what was read last, which it takes as {@link DecoderGraph#LOGITS}. */
        OrtModel.Kept choose(String chooser, Map<String, Tensor> beside, Set<String> outputs) {
            return graph.scored(model, step, scores -> {
                Map<String, Tensor> inputs = new HashMap<>(beside);
                inputs.put(DecoderGraph.LOGITS, scores);
                return model.keep(chooser, inputs, outputs);
            });
        }

        private void closeStep() {
            if (step != null && step != first) {
                step.close();
            }
        }

        @Override
        public void close() {
            closeStep();
            if (first != null) {
                first.close();
            }
        }
    }

    /** By row. */
    record Best(long[] tokens, float[] logs) {}

    /** Rows of which nothing is read. */
    State begin(int rows) {
        return begin(rows, Map.of());
    }

    /** @param encoded what an encoder gave, which stays the caller's */
    State begin(int rows, Map<String, Tensor> encoded) {
        Map<String, Tensor> caches = new HashMap<>();
        graph.caches().forEach(cache -> caches.put(cache.past(), cache.empty(rows)));
        return new State(new long[rows][0], caches, encoded, null, null);
    }

    /**
     * Reads on. Rows that are shorter than others are padded before their beginning, which only a graph with a mask bears.
     *
     * @param before is left as it is, for its owner to close
     * @param embeds of each row, from its first token on
     */
    State read(State before, Tensor.Floats[] embeds) {
        return run(before, next(before, embeds));
    }

    /**
     * Reads on in the same way and writes a text after each row, all in one run.
     *
     * @param most tokens of each row, end marks included
     */
    CompiledLoop.Written write(State before, Tensor.Floats[] embeds, CompiledLoop loop, long[] most) {
        return loop.run(model, next(before, embeds).inputs(), most);
    }

    /**
     * What the decoder is given to read on.
     *
     * @param mask by row, of all that was read before too
     */
    private record Next(Map<String, Tensor> inputs, long[][] mask) {}

    private Next next(State before, Tensor.Floats[] embeds) {
        int rows = embeds.length;
        int width = Arrays.stream(embeds)
                .mapToInt(row -> (int) row.shape()[0])
                .max()
                .orElseThrow();
        int size = (int) embeds[0].shape()[1];
        float[] values = new float[rows * width * size];
        int[] lengths = new int[rows];
        for (int i = 0; i < rows; i++) {
            lengths[i] = (int) embeds[i].shape()[0];
            float[] row = embeds[i].values();
            System.arraycopy(row, 0, values, (i + 1) * width * size - row.length, row.length);
        }
        padding.count(rows * width, rows * width - IntStream.of(lengths).sum());
        return next(before, new Tensor.Floats(values, rows, width, size), width, lengths);
    }

    /** Reads one token of each row, and closes what was before. */
    State goOn(State before, long[] tokens) {
        return goOn(before, new Tensor.Longs(tokens, tokens.length, 1));
    }

    /** @param tokens rows x 1 */
    State goOn(State before, Tensor tokens) {
        int[] one = new int[before.rows];
        Arrays.fill(one, 1);
        State next;
        try (OrtModel.Kept embedded = embeddings.keep(model, tokens)) {
            next = run(before, next(before, embeddings.of(embedded), 1, one));
        }
        before.closeStep();
        return next;
    }

    private Next next(State before, Tensor embeds, int width, int[] lengths) {
        long[][] mask = new long[before.rows][];
        long[] positions = new long[before.rows * width];
        for (int row = 0; row < before.rows; row++) {
            int padded = width - lengths[row];
            int read = before.read(row);
            mask[row] = Arrays.copyOf(before.mask[row], before.width() + width);
            for (int i = padded; i < width; i++) {
                mask[row][before.width() + i] = 1;
            }
            for (int i = 0; i < width; i++) {
                positions[row * width + i] = firstPosition + Math.max(0, (long) read + i - padded);
            }
        }
        Map<String, Tensor> inputs = new HashMap<>(before.caches);
        inputs.putAll(before.fixed);
        inputs.putAll(graph.flags(before.begins()));
        inputs.put(DecoderGraph.EMBEDS, embeds);
        inputs.put(DecoderGraph.MASK, flat(mask));
        inputs.put(DecoderGraph.POSITIONS, new Tensor.Longs(positions, before.rows, width));
        return new Next(inputs, mask);
    }

    private State run(State before, Next next) {
        boolean first = before.begins();
        OrtModel.Kept step = model.keep(graph.graph(), next.inputs(), graph.wanted(first));
        Map<String, Tensor> caches = new HashMap<>();
        for (DecoderGraph.Cache cache : graph.caches()) {
            caches.put(
                    cache.past(),
                    first || !cache.encoder() ? step.held(cache.present()) : before.caches.get(cache.past()));
        }
        return new State(
                next.mask(), caches, before.fixed, step, graph.hasEncoder() ? first ? step : before.first : null);
    }

    /**
     * Some of the rows, each as often as it is named, with caches of their own. The scores of their last position are not
     * among what is kept.
     *
     * @param before is left as it is
     */
    State rows(State before, int[] rows) {
        Map<String, Tensor> inputs = new HashMap<>(before.caches);
        inputs.putAll(before.fixed);
        inputs.put(
                DecoderGraph.ROWS,
                new Tensor.Longs(Arrays.stream(rows).asLongStream().toArray(), rows.length));
        Set<String> wanted = new HashSet<>();
        graph.carried().forEach(name -> wanted.add(DecoderGraph.KEPT + name));
        OrtModel.Kept kept = model.keep(graph.graph() + ".rows", inputs, wanted);
        Map<String, Tensor> caches = new HashMap<>();
        Map<String, Tensor> fixed = new HashMap<>();
        graph.carried()
                .forEach(name -> (before.caches.containsKey(name) ? caches : fixed)
                        .put(name, kept.held(DecoderGraph.KEPT + name)));
        long[][] mask = new long[rows.length][];
        Arrays.setAll(mask, i -> before.mask[rows[i]]);
        return new State(mask, caches, fixed, kept, graph.hasEncoder() ? kept : null);
    }

    private static Tensor.Longs flat(long[][] mask) {
        int width = mask[0].length;
        long[] values = new long[mask.length * width];
        for (int i = 0; i < mask.length; i++) {
            System.arraycopy(mask[i], 0, values, i * width, width);
        }
        return new Tensor.Longs(values, mask.length, width);
    }
}
