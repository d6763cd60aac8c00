package io.unifluid.inference.unifluid;

import io.unifluid.inference.image.ImageTensor;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Questions about one picture with their choices, in one row: the picture and each question are there once, and behind a
 * question the tokens of its choices, less the last of each, which is only scored. A token sees the picture, its own question
 * and its own choice, as if it were alone; {@link UniFluidGraphs} has what the graph takes.
 */
final class Pack {
    /**
     * Tokens of one pack at most, unless a single choice with its prompt has more: attention's work grows with the square of its
     * row, and by then the picture is repeated seldom.
     */
    static final int MOST_TOKENS = 128;

    private final ImageTensor image;
    private final List<Row.Score> rows = new ArrayList<>();
    private final Map<LongBuffer, List<Row.Score>> questions = new LinkedHashMap<>();
    private int width;

    private Pack(ImageTensor image) {
        this.image = image;
    }

    /** One pack for each picture, or more where its questions are too many for one. */
    static List<Pack> of(List<Row.Score> rows) {
        List<Pack> packs = new ArrayList<>();
        Map<ImageTensor, Pack> open = new LinkedHashMap<>();
        for (Row.Score row : rows) {
            Pack pack = open.get(row.image);
            if (pack == null || !pack.takes(row)) {
                pack = new Pack(row.image);
                packs.add(pack);
                open.put(row.image, pack);
            }
            pack.add(row);
        }
        return packs;
    }

    private boolean takes(Row.Score row) {
        return width + more(row) <= MOST_TOKENS;
    }

    private int more(Row.Score row) {
        return row.answer.length - 1 + (questions.containsKey(LongBuffer.wrap(row.prompt)) ? 0 : row.prompt.length);
    }

    private void add(Row.Score row) {
        width += more(row);
        questions
                .computeIfAbsent(LongBuffer.wrap(row.prompt), _ -> new ArrayList<>())
                .add(row);
        rows.add(row);
    }

    ImageTensor image() {
        return image;
    }

    /** Those that are scored together. */
    List<Row.Score> rows() {
        return rows;
    }

    /** Tokens in it, 1 at least. */
    int width() {
        return width;
    }

    /** How many tokens are scored. */
    int scored() {
        return rows.stream().mapToInt(row -> row.answer.length).sum();
    }

    /**
     * Its part of a run's inputs; what a narrower pack does not fill keeps what was there.
     *
     * @param at its number in the run
     */
    void into(Inputs inputs, int at) {
        int token = at * inputs.width();
        int first = token;
        int scored = at * inputs.scored();
        long question = 0;
        for (Map.Entry<LongBuffer, List<Row.Score>> one : questions.entrySet()) {
            question++;
            long[] prompt = one.getKey().array();
            for (int i = 0; i < prompt.length; i++) {
                inputs.put(token++, prompt[i], i, question, 0);
            }
            int promptEnd = token - 1 - first;
            long choice = 0;
            for (Row.Score row : one.getValue()) {
                choice++;
                int before = promptEnd;
                for (int i = 0; i < row.answer.length; i++) {
                    inputs.before()[scored] = before;
                    inputs.wanted()[scored++] = row.answer[i];
                    if (i < row.answer.length - 1) {
                        before = token - first;
                        inputs.put(token++, row.answer[i], prompt.length + (long) i, question, choice);
                    }
                }
            }
        }
    }

    /** Hands each row the sum of its tokens' log-probabilities, which begin at {@code from} in the order of {@link #into}. */
    void take(float[] logs, int from) {
        int at = from;
        for (List<Row.Score> choices : questions.values()) {
            for (Row.Score row : choices) {
                int begin = at;
                at += row.answer.length;
                row.logProbability =
                        IntStream.range(begin, at).mapToDouble(i -> logs[i]).sum();
            }
        }
    }

    /**
     * What several packs are to the graph, row by row.
     *
     * @param width tokens of a row
     * @param scored scored tokens of a row
     */
    record Inputs(
            int width,
            int scored,
            long[] ids,
            long[] place,
            long[] question,
            long[] choice,
            long[] before,
            long[] wanted) {
        /** @param pad what a token behind a row's end is; it belongs to no question and is seen by nobody */
        static Inputs of(List<Pack> packs, int width, long pad) {
            int scored = packs.stream().mapToInt(Pack::scored).max().orElse(1);
            int tokens = packs.size() * width;
            long[] ids = new long[tokens];
            Arrays.fill(ids, pad);
            var inputs = new Inputs(
                    width,
                    scored,
                    ids,
                    new long[tokens],
                    new long[tokens],
                    new long[tokens],
                    new long[packs.size() * scored],
                    new long[packs.size() * scored]);
            for (int i = 0; i < packs.size(); i++) {
                packs.get(i).into(inputs, i);
            }
            return inputs;
        }

        private void put(int at, long id, long placed, long ofQuestion, long ofChoice) {
            ids[at] = id;
            place[at] = placed;
            question[at] = ofQuestion;
            choice[at] = ofChoice;
        }
    }
}
