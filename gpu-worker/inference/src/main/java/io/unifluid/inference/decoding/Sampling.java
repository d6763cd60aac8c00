package io.unifluid.inference.decoding;

import io.unifluid.inference.support.Seeds;
import java.util.Arrays;
import java.util.Comparator;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 for the likeliest token; above, scores are divided by it and a token is drawn
 * @param topK of so many likeliest tokens, 0 for all
 * @param topP of the likeliest tokens that together have this probability, 1 for all
 */
public record Sampling(double temperature, int topK, double topP) {
    public static final Sampling GREEDY = new Sampling(0, 0, 1);

    public Sampling {
        if (!(temperature >= 0 && temperature <= 100) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("sampling needs a temperature of 0 to 100, topK of 0 or more and topP"
                    + " above 0 and up to 1, not " + temperature + ", " + topK + " and " + topP);
        }
    }

    public boolean greedy() {
        return temperature == 0;
    }

    /**
     * Chooses one of {@code logs}, from {@code from} on.
     *
     * @param logs natural logarithms of probabilities; minus infinity for what is not allowed
     * @return its place, counted from {@code from}
     */
    int choose(float[] logs, int from, int length, Seeds seeds) {
        if (greedy()) {
            int best = 0;
            for (int i = 1; i < length; i++) {
                best = logs[from + i] > logs[from + best] ? i : best;
            }
            return best;
        }
        Integer[] order = new Integer[length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> -logs[from + i]));
        int most = topK == 0 ? length : Math.min(topK, length);
        double[] weights = new double[most];
        double sum = 0;
        for (int i = 0; i < most; i++) {
            weights[i] = Math.exp((logs[from + order[i]] - logs[from + order[0]]) / temperature);
            sum += weights[i];
        }
        double held = 0;
        int kept = 0;
        while (kept < most && held < topP * sum) {
            held += weights[kept++];
        }
        double at = seeds.uniform() * held;
        int chosen = 0;
        while (chosen < kept - 1 && at >= weights[chosen]) {
            at -= weights[chosen++];
        }
        return order[chosen];
    }
}
