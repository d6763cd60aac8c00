package io.unifluid.inference.support;

import java.util.Arrays;

/** Log-probabilities to shares that add up to 1. */
public final class Softmax {
    private Softmax() {}

    /** @param temperature above 1 evens the shares out, below 1 sharpens them */
    public static double[] of(double[] logs, double temperature) {
        double highest = Arrays.stream(logs).max().orElse(0);
        double[] weights = Arrays.stream(logs)
                .map(log -> Math.exp((log - highest) / temperature))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }
}
