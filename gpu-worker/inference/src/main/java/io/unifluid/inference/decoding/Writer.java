package io.unifluid.inference.decoding;

import io.unifluid.inference.support.Seeds;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** The loops over steps: texts that are written, answers that are scored. */
final class Writer {
    /** Rows that have ended are left out once no more than this share of a run's rows goes on: to leave them out is a copy. */
    private static final double KEPT_AT_MOST = 0.75;

    private final Decoder decoder;
    private final Rules rules;
    private final OptionalLong start;

    /** @param start the token that stands before every text, for rules that look back */
    Writer(Decoder decoder, Rules rules, OptionalLong start) {
        this.decoder = decoder;
        this.rules = rules;
        this.start = start;
    }

    /**
     * Writes texts.
     *
     * @param state of the prompts
     * @param places the row of each text's prompt
     * @param consume whether {@code state} is needed no more; its owner closes it in any case
     */
    void write(Decoder.State state, List<Prompt.Text> texts, int[] places, boolean consume) {
        Map<Prompt.Text, Seeds> chance = new HashMap<>();
        texts.forEach(text -> {
            text.begin();
            chance.put(text, new Seeds(text.seed));
        });
        List<Prompt.Text> going = texts;
        int[] rows = places;
        Decoder.State at = state;
        boolean own = false;
        try {
            while (true) {
                long[] next = choose(at, going, rows, chance);
                List<Prompt.Text> all = going;
                int[] left = IntStream.range(0, all.size())
                        .filter(i -> !all.get(i).ended)
                        .toArray();
                if (left.length == 0) {
                    return;
                }
                boolean whole = identity(rows, at.rows()) && left.length > KEPT_AT_MOST * all.size();
                if (!whole || !(own || consume)) {
                    int[] from = rows;
                    Decoder.State kept = decoder.rows(
                            at, Arrays.stream(left).map(i -> from[i]).toArray());
                    if (own) {
                        at.close();
                    }
                    at = kept;
                    own = true;
                    going = Arrays.stream(left).mapToObj(all::get).toList();
                    rows = IntStream.range(0, left.length).toArray();
                    long[] every = next;
                    next = Arrays.stream(left).mapToLong(i -> every[i]).toArray();
                }
                at = decoder.goOn(at, next);
                own = true;
            }
        } finally {
            if (own) {
                at.close();
            }
        }
    }

    private static boolean identity(int[] rows, int count) {
        return rows.length == count && IntStream.range(0, count).allMatch(i -> rows[i] == i);
    }

    /** The next token of each text, which is written; of one that has ended, the padding. */
    private long[] choose(Decoder.State at, List<Prompt.Text> texts, int[] rows, Map<Prompt.Text, Seeds> chance) {
        long[] next = new long[texts.size()];
        Decoder.Best best = rules.plain() ? at.best() : null;
        float[] logs = rules.plain() ? null : at.allLogs();
        int size = rules.plain() ? 0 : logs.length / at.rows();
        for (int i = 0; i < next.length; i++) {
            Prompt.Text text = texts.get(i);
            OptionalLong forced = forced(text);
            if (text.ended) {
                next[i] = rules.pad();
            } else if (forced.isPresent()) {
                next[i] = forced.getAsLong();
                text.write(next[i], 0, rules);
            } else if (best != null) {
                next[i] = best.tokens()[rows[i]];
                text.write(next[i], best.logs()[rows[i]], rules);
            } else {
                float[] own = Arrays.copyOfRange(logs, rows[i] * size, (rows[i] + 1) * size);
                forbid(own, text);
                int chosen = rules.sampling().choose(own, 0, size, chance.get(text));
                next[i] = chosen;
                text.write(chosen, own[chosen], rules);
            }
        }
        return next;
    }

    private OptionalLong forced(Prompt.Text text) {
        if (text.tokens.length == 0 && rules.first().isPresent()) {
            return rules.first();
        }
        return text.tokens.length == text.most - 1 ? rules.last() : OptionalLong.empty();
    }

    /** What would repeat a run of {@link Rules#noRepeat} tokens. */
    private void forbid(float[] logs, Prompt.Text text) {
        int run = rules.noRepeat();
        if (run == 0) {
            return;
        }
        long[] written = start.isPresent() ? new long[text.tokens.length + 1] : text.tokens;
        if (start.isPresent()) {
            written[0] = start.getAsLong();
            System.arraycopy(text.tokens, 0, written, 1, text.tokens.length);
        }
        int behind = run - 1;
        for (int i = 0; i + run <= written.length; i++) {
            if (Arrays.equals(written, i, i + behind, written, written.length - behind, written.length)) {
                logs[(int) written[i + behind]] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /**
     * Scores answers, whatever the model would have written itself. Token by token, since not every graph reads several
     * tokens of an answer as it would have written them.
     *
     * @param state of the prompts, which is left as it is
     * @param places the row of each answer's prompt
     */
    void score(Decoder.State state, List<Prompt.Answer> answers, int[] places) {
        if (rules.first().isEmpty()) {
            scoreNext(state, answers, places);
            return;
        }
        long[] first = new long[state.rows()];
        Arrays.fill(first, rules.first().getAsLong());
        Decoder.State begun =
                decoder.rows(state, IntStream.range(0, first.length).toArray());
        try {
            begun = decoder.goOn(begun, first);
            scoreNext(begun, answers, places);
        } finally {
            begun.close();
        }
    }

    private void scoreNext(Decoder.State state, List<Prompt.Answer> answers, int[] places) {
        int count = answers.size();
        int[] slots = new int[count];
        int[] used = new int[state.rows()];
        for (int i = 0; i < count; i++) {
            slots[i] = used[places[i]]++;
        }
        int most = Arrays.stream(used).max().orElse(1);
        long[] begins = new long[state.rows() * most];
        for (int i = 0; i < count; i++) {
            begins[places[i] * most + slots[i]] = answers.get(i).ids[0];
        }
        float[] logs = state.logs(begins);
        for (int i = 0; i < count; i++) {
            answers.get(i).logProbability = logs[places[i] * most + slots[i]];
        }
        int longest =
                answers.stream().mapToInt(answer -> answer.ids.length).max().orElse(1);
        if (longest == 1) {
            return;
        }
        Decoder.State at = decoder.rows(state, places);
        try {
            for (int step = 1; step < longest; step++) {
                at = decoder.goOn(at, tokens(answers, step - 1));
                float[] next = at.logs(tokens(answers, step));
                for (int i = 0; i < count; i++) {
                    if (step < answers.get(i).ids.length) {
                        answers.get(i).logProbability += next[i];
                    }
                }
            }
        } finally {
            at.close();
        }
    }

    private long[] tokens(List<Prompt.Answer> answers, int step) {
        return answers.stream()
                .mapToLong(answer -> step < answer.ids.length ? answer.ids[step] : rules.pad())
                .toArray();
    }
}
