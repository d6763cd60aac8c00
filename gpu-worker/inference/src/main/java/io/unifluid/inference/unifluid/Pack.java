package io.unifluid.inference.unifluid;

import io.unifluid.inference.image.ImageTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Questions about one picture with their choices, in one row: the picture is there once, and so is every beginning that
 * several of them have in common, of prompts and of choices. The last token of a choice is only scored and has no place. What
 * follows a token lies directly behind it, so that a token sees the picture and those before it whose followers it is among, as
 * if its own text were alone; {@link UniFluidGraphs} has what the graph takes.
 */
final class Pack {
    /**
     * Tokens of one pack at most, unless a single choice with its prompt has more: attention's work grows with the square of its
     * row, and by then the picture is repeated seldom.
     */
    static final int MOST_TOKENS = 128;

    private final ImageTensor image;
    private final List<Row.Score> rows = new ArrayList<>();
    private final Token root = new Token(0, -1);
    private int width;

    /** One that several texts may go through, and what follows it in them. */
    private static final class Token {
        final long id;
        final int place;
        final Map<Long, Token> next = new LinkedHashMap<>();
        /** Where it lies in the row. */
        int at;

        Token(long id, int place) {
            this.id = id;
            this.place = place;
        }
    }

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
        int known = 0;
        for (Token token = root.next.get(id(row, 0)); token != null && known < length(row); known++) {
            token = known + 1 < length(row) ? token.next.get(id(row, known + 1)) : token;
        }
        return width + length(row) - known <= MOST_TOKENS;
    }

    private void add(Row.Score row) {
        Token token = root;
        for (int i = 0; i < length(row); i++) {
            int place = i;
            token = token.next.computeIfAbsent(id(row, i), id -> {
                width++;
                return new Token(id, place);
            });
        }
        rows.add(row);
    }

    /** Of a prompt and its choice less the last token. */
    private static int length(Row.Score row) {
        return row.prompt.length + row.answer.length - 1;
    }

    private static long id(Row.Score row, int at) {
        return at < row.prompt.length ? row.prompt[at] : row.answer[at - row.prompt.length];
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
    private void into(Inputs inputs, int at) {
        int end = 0;
        for (Token token : root.next.values()) {
            end = lay(token, end, inputs, at * inputs.width());
        }
        int scored = at * inputs.scored();
        for (Row.Score row : rows) {
            Token token = root;
            for (int i = 0; i < length(row) + 1; i++) {
                if (i >= row.prompt.length) {
                    inputs.before()[scored] = token.at;
                    inputs.wanted()[scored++] = row.answer[i - row.prompt.length];
                }
                token = i < length(row) ? token.next.get(id(row, i)) : token;
            }
        }
    }

    /** A token and all that follows it, from a place in the row on; returns where they end. */
    private static int lay(Token token, int from, Inputs inputs, int row) {
        token.at = from;
        int end = from + 1;
        for (Token next : token.next.values()) {
            end = lay(next, end, inputs, row);
        }
        inputs.ids()[row + from] = token.id;
        inputs.place()[row + from] = token.place;
        inputs.until()[row + from] = end - 1;
        return end;
    }

    /** Hands each row the sum of its tokens' log-probabilities, which begin at {@code from} in the order of the rows. */
    void take(float[] logs, int from) {
        int at = from;
        for (Row.Score row : rows) {
            int begin = at;
            at += row.answer.length;
            row.logProbability =
                    IntStream.range(begin, at).mapToDouble(i -> logs[i]).sum();
        }
    }

    /**
     * What several packs are to the graph, row by row.
     *
     * @param width tokens of a row
     * @param scored scored tokens of a row
     */
    record Inputs(int width, int scored, long[] ids, long[] place, long[] until, long[] before, long[] wanted) {
        /** @param pad what a token behind a row's end is, which is seen by nobody */
        static Inputs of(List<Pack> packs, int width, long pad) {
            int scored = packs.stream().mapToInt(Pack::scored).max().orElse(1);
            int tokens = packs.size() * width;
            long[] ids = new long[tokens];
            Arrays.fill(ids, pad);
            long[] until = new long[tokens];
            Arrays.fill(until, -1);
            var inputs = new Inputs(
                    width,
                    scored,
                    ids,
                    new long[tokens],
                    until,
                    new long[packs.size() * scored],
                    new long[packs.size() * scored]);
            for (int i = 0; i < packs.size(); i++) {
                packs.get(i).into(inputs, i);
            }
            return inputs;
        }
    }
}
