package io.unifluid.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** How long requests took, from the moment at which each should have been sent to its visible result. */
record Latencies(List<Sample> samples) {
    /**
     * @param total milliseconds
     * @param waiting of these, by the result's own account, from admission to a worker taking the batch
     */
    record Sample(double total, double waiting) {}

    Latencies {
        samples = List.copyOf(samples);
    }

    Latencies and(Latencies more) {
        return new Latencies(
                Stream.concat(samples.stream(), more.samples.stream()).toList());
    }

    /** Milliseconds that this share of the requests did not exceed, by the nearest rank. */
    double percentile(double share) {
        return percentile(samples.stream().mapToDouble(Sample::total), share);
    }

    /** The value that this share of the values did not exceed, by the nearest rank. */
    static double percentile(DoubleStream values, double share) {
        var sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalStateException("No request was measured.");
        }
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d requests, p50 %.0f ms, p99 %.0f ms, longest %.0f ms; %.0f ms of the mean %.0f ms waited for a batch and a worker",
                samples.size(),
                percentile(0.50),
                percentile(0.99),
                percentile(1),
                samples.stream().mapToDouble(Sample::waiting).average().orElseThrow(),
                samples.stream().mapToDouble(Sample::total).average().orElseThrow());
    }
}
