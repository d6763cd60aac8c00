package io.unifluid.moderation.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * How well a score tells the pictures that have something from those that do not, measured on pictures whose truth is known.
 * Intervals hold 95 in 100 times: Wilson's for shares, resampling of pictures (1,000 times, by a fixed seed) for the rest.
 */
public final class Evaluation {
    private static final double Z = 1.959964;
    private static final int BINS = 10;
    private static final int RESAMPLES = 1_000;
    private static final int FEWEST_TO_RESAMPLE = 2;

    /** One picture: what the model said, and what is so. */
    public record Sample(double score, boolean positive) {}

    /** A number with where it may lie. */
    public record Estimate(double value, double low, double high) {
        static final Estimate NONE = new Estimate(Double.NaN, 0, 1);
    }

    /** At one threshold: all that score at least that much are taken for positive. */
    public record AtThreshold(
            double threshold,
            int truePositives,
            int falsePositives,
            Estimate precision,
            Estimate recall,
            Estimate f1) {}

    /** A point of the precision-recall curve. */
    public record Point(double threshold, double precision, double recall) {}

    /** Pictures with about the same score: what was said, and how many had it. */
    public record Bin(double meanScore, double share, int count) {}

    private final List<Sample> samples;
    private final int positives;

    /** @param samples one for each picture */
    public Evaluation(List<Sample> samples) {
        this.samples = samples.stream()
                .sorted(Comparator.comparingDouble(Sample::score).reversed())
                .toList();
        this.positives = (int) samples.stream().filter(Sample::positive).count();
    }

    public int count() {
        return samples.size();
    }

    public int positives() {
        return positives;
    }

    public AtThreshold at(double threshold) {
        int taken = 0;
        int right = 0;
        for (var sample : samples) {
            if (sample.score() >= threshold) {
                taken++;
                right += sample.positive() ? 1 : 0;
            }
        }
        return new AtThreshold(
                threshold,
                right,
                taken - right,
                wilson(right, taken),
                wilson(right, positives),
                resampled(some -> f1(some, threshold)));
    }

    /** By every score that occurs, the highest first. */
    public List<Point> curve() {
        var points = new ArrayList<Point>();
        int right = 0;
        for (int i = 0; i < samples.size(); i++) {
            right += samples.get(i).positive() ? 1 : 0;
            if (i + 1 == samples.size()
                    || samples.get(i + 1).score() < samples.get(i).score()) {
                points.add(new Point(
                        samples.get(i).score(),
                        (double) right / (i + 1),
                        positives == 0 ? Double.NaN : (double) right / positives));
            }
        }
        return points;
    }

    /**
     * The threshold with the most recall among those whose precision is at least this.
     *
     * @return empty where there is none, or nothing to be found
     */
    public Optional<Point> thresholdFor(double precision) {
        return positives == 0
                ? Optional.empty()
                : curve().stream()
                        .filter(point -> point.precision() >= precision)
                        .max(Comparator.comparingDouble(Point::recall).thenComparing(Point::precision));
    }

    /** Expected calibration error: how far what is said lies from what is so, on average over pictures. */
    public Estimate calibrationError() {
        return resampled(Evaluation::ece);
    }

    /** In ten equal steps of the score; steps without pictures are left out. */
    public List<Bin> reliability() {
        return bins(samples);
    }

    private static List<Bin> bins(List<Sample> some) {
        var counts = new int[BINS];
        var positive = new int[BINS];
        var sums = new double[BINS];
        for (var sample : some) {
            int bin = Math.min(BINS - 1, (int) (sample.score() * BINS));
            counts[bin]++;
            positive[bin] += sample.positive() ? 1 : 0;
            sums[bin] += sample.score();
        }
        var bins = new ArrayList<Bin>();
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                bins.add(new Bin(sums[i] / counts[i], (double) positive[i] / counts[i], counts[i]));
            }
        }
        return bins;
    }

    private static double ece(List<Sample> some) {
        return bins(some).stream()
                        .mapToDouble(bin -> Math.abs(bin.meanScore() - bin.share()) * bin.count())
                        .sum()
                / some.size();
    }

    private static double f1(List<Sample> some, double threshold) {
        int taken = 0;
        int right = 0;
        int there = 0;
        for (var sample : some) {
            there += sample.positive() ? 1 : 0;
            if (sample.score() >= threshold) {
                taken++;
                right += sample.positive() ? 1 : 0;
            }
        }
        return taken + there == 0 ? Double.NaN : 2.0 * right / (taken + there);
    }

    /** Wilson's interval (1927): sound for few pictures and for shares near 0 and 1. */
    static Estimate wilson(int right, int of) {
        if (of == 0) {
            return Estimate.NONE;
        }
        double share = (double) right / of;
        double square = Z * Z;
        double centre = (share + square / (2 * of)) / (1 + square / of);
        double half = Z * Math.sqrt(share * (1 - share) / of + square / (4.0 * of * of)) / (1 + square / of);
        return new Estimate(share, Math.max(0, centre - half), Math.min(1, centre + half));
    }

    private Estimate resampled(ToDoubleFunction<List<Sample>> measure) {
        if (samples.size() < FEWEST_TO_RESAMPLE) {
            return Estimate.NONE;
        }
        var random = new Random(1);
        var drawn = new double[RESAMPLES];
        var some = new ArrayList<>(samples);
        for (int i = 0; i < RESAMPLES; i++) {
            for (int j = 0; j < some.size(); j++) {
                some.set(j, samples.get(random.nextInt(samples.size())));
            }
            drawn[i] = measure.applyAsDouble(some);
        }
        Arrays.sort(drawn); // what is no number comes last
        int known =
                (int) Arrays.stream(drawn).filter(value -> !Double.isNaN(value)).count();
        return known == 0
                ? Estimate.NONE
                : new Estimate(
                        measure.applyAsDouble(samples), drawn[(int) (known * 0.025)], drawn[(int) (known * 0.975)]);
    }
}
