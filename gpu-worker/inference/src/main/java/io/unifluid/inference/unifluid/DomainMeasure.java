package io.unifluid.inference.unifluid;

import io.unifluid.inference.Manifest;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How unlike the pictures of its training a picture is, from 0 (like them) to 1, told from what the encoder makes of it and from its
 * pixels. What is compared with stands in the bundle; {@code unifluid/domain.py} of the reference model makes that, and says what the
 * seven numbers are. Safe for many threads.
 */
final class DomainMeasure {
    static final int NUMBERS = 7;

    private static final double LEAST = 1e-6;
    /** Levels of 255 within which a pixel is the background's. */
    private static final int NEAR = 12;
    /** Neighbours that differ by more than noise and less than an edge. */
    private static final int SOFT_ABOVE = 3;

    private static final int SOFT_MOST = 24;

    private final ImageSpec image;
    private final float[] mean;
    private final float[][] directions;
    private final double[] lengths;
    private final double[] weights;
    private final double offset;
    private final int[] backgrounds;

    private DomainMeasure(
            ImageSpec image, float[] mean, float[][] directions, double[] weights, double offset, int[] backgrounds) {
        this.image = image;
        this.mean = mean;
        this.directions = directions;
        this.lengths = Arrays.stream(directions)
                .mapToDouble(direction -> Math.max(square(direction), 1e-30))
                .toArray();
        this.weights = weights;
        this.offset = offset;
        this.backgrounds = backgrounds;
    }

    /** Of a bundle that has one. */
    static Optional<DomainMeasure> read(ModelBundle bundle, ImageSpec image) {
        Manifest manifest = bundle.manifest();
        if (!manifest.has("domain")) {
            return Optional.empty();
        }
        double[] weights = array(manifest.numbers("domain.weights", -1e6, 1e6));
        if (weights.length != NUMBERS) {
            throw manifest.wrong("domain.weights", "has " + weights.length + " numbers and not " + NUMBERS);
        }
        int[] backgrounds = manifest.numbers("domain.backgrounds", 0, 255).stream()
                .mapToInt(Double::intValue)
                .toArray();
        if (backgrounds.length == 0 || backgrounds.length % 3 != 0) {
            throw manifest.wrong("domain.backgrounds", "has not three numbers for each colour");
        }
        int dim = manifest.integer("image.featureDim", 1, 65_536);
        int components = manifest.integer("domain.components", 1, dim);
        FloatBuffer floats = floats(bundle.file(manifest.text("domain.file")), manifest);
        if (floats.remaining() != (components + 1) * dim) {
            throw manifest.wrong(
                    "domain.file", "has " + floats.remaining() + " numbers and not " + (components + 1) * dim);
        }
        float[] mean = new float[dim];
        floats.get(mean);
        float[][] directions = new float[components][dim];
        for (float[] direction : directions) {
            floats.get(direction);
        }
        return Optional.of(new DomainMeasure(
                image, mean, directions, weights, manifest.number("domain.offset", -1e6, 1e6), backgrounds));
    }

    private static FloatBuffer floats(Path file, Manifest manifest) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
        } catch (IOException e) {
            throw manifest.wrong("domain.file", "cannot be read");
        }
    }

    private static double[] array(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /**
     * Of a picture as the model takes it; empty where the encoder gave what is no number.
     *
     * @param features what the encoder made of it, token by token
     */
    OptionalDouble of(ImageTensor picture, Tensor.Floats features) {
        double sum = offset;
        double[] numbers = numbers(picture, features);
        for (int i = 0; i < NUMBERS; i++) {
            sum += weights[i] * numbers[i];
        }
        double measure = 1 / (1 + Math.exp(-sum));
        return Double.isNaN(measure) ? OptionalDouble.empty() : OptionalDouble.of(measure);
    }

    /** Within and beside the directions in which training pictures differ; flat, border, foreign, soft, colours. */
    double[] numbers(ImageTensor picture, Tensor.Floats features) {
        double[] from = pooled(features.values());
        double within = 0;
        double beside = 0;
        for (double each : from) {
            beside += each * each;
        }
        for (int k = 0; k < directions.length; k++) {
            double along = 0;
            for (int i = 0; i < from.length; i++) {
                along += from[i] * directions[k][i];
            }
            within += along * along;
            beside -= along * along / lengths[k];
        }
        double[] numbers = new double[NUMBERS];
        numbers[0] = Math.log(within / directions.length + LEAST);
        numbers[1] = Math.log(Math.max(beside, 0) + LEAST);
        pixels(picture, numbers);
        return numbers;
    }

    private double[] pooled(float[] features) {
        int dim = mean.length;
        int tokens = features.length / dim;
        double[] pooled = new double[dim];
        for (int at = 0; at < features.length; at++) {
            pooled[at % dim] += features[at];
        }
        for (int i = 0; i < dim; i++) {
            pooled[i] = pooled[i] / tokens - mean[i];
        }
        return pooled;
    }

    private void pixels(ImageTensor picture, double[] numbers) {
        int width = picture.width();
        int height = picture.height();
        int[][] levels = levels(picture);
        int[] ring = ring(width, height);
        int[] back = new int[3];
        for (int channel = 0; channel < 3; channel++) {
            int[] plane = levels[channel];
            back[channel] = Arrays.stream(ring).map(at -> plane[at]).sorted().toArray()[ring.length / 2];
        }
        int flat = 0;
        BitSet colours = new BitSet(1 << 15);
        int soft = 0;
        for (int at = 0; at < width * height; at++) {
            flat += near(levels, at, back) ? 1 : 0;
            colours.set(levels[0][at] >> 3 << 10 | levels[1][at] >> 3 << 5 | levels[2][at] >> 3);
            soft += at % width + 1 < width && soft(levels, at, at + 1) ? 1 : 0;
            soft += at + width < width * height && soft(levels, at, at + width) ? 1 : 0;
        }
        int pairs = (width - 1) * height + width * (height - 1);
        numbers[2] = (double) flat / (width * height);
        numbers[3] = (double)
                        Arrays.stream(ring).filter(at -> near(levels, at, back)).count()
                / ring.length;
        numbers[4] = foreign(back) / 255.0;
        numbers[5] = (double) soft / Math.max(1, pairs);
        numbers[6] = Math.log(colours.cardinality());
    }

    /** The pixels as they were before they were normalised, plane by plane, 0 to 255. */
    private int[][] levels(ImageTensor picture) {
        int size = picture.width() * picture.height();
        int[][] levels = new int[3][size];
        for (int channel = 0; channel < 3; channel++) {
            float mean = image.mean().get(channel);
            float std = image.std().get(channel);
            for (int at = 0; at < size; at++) {
                levels[channel][at] =
                        Math.clamp(Math.round((picture.values()[channel * size + at] * std + mean) * 255), 0, 255);
            }
        }
        return levels;
    }

    /** Places of the pixels at the border, each once. */
    private static int[] ring(int width, int height) {
        BitSet ring = new BitSet(width * height);
        ring.set(0, width);
        ring.set((height - 1) * width, height * width);
        for (int row = 0; row < height; row++) {
            ring.set(row * width);
            ring.set(row * width + width - 1);
        }
        return ring.stream().toArray();
    }

    private static boolean near(int[][] levels, int at, int[] back) {
        return Math.abs(levels[0][at] - back[0]) <= NEAR
                && Math.abs(levels[1][at] - back[1]) <= NEAR
                && Math.abs(levels[2][at] - back[2]) <= NEAR;
    }

    private static boolean soft(int[][] levels, int at, int other) {
        int most = 0;
        for (int[] plane : levels) {
            most = Math.max(most, Math.abs(plane[at] - plane[other]));
        }
        return most > SOFT_ABOVE && most <= SOFT_MOST;
    }

    /** How far a colour is from the nearest background of the training pictures, by its worst channel. */
    private int foreign(int[] back) {
        int least = 255;
        for (int i = 0; i < backgrounds.length; i += 3) {
            int most = 0;
            for (int channel = 0; channel < 3; channel++) {
                most = Math.max(most, Math.abs(back[channel] - backgrounds[i + channel]));
            }
            least = Math.min(least, most);
        }
        return least;
    }

    private static double square(float[] vector) {
        double sum = 0;
        for (float each : vector) {
            sum += (double) each * each;
        }
        return sum;
    }
}
