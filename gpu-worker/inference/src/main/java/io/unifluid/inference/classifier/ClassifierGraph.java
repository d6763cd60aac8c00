package io.unifluid.inference.classifier;

import io.unifluid.inference.classifier.ClassifierSettings.Layout;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.ort.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The one graph of a classifier, whatever its names: pictures in, a number for each class out.
 *
 * @param pictures in one run, where the graph has a length of its own for that; others are filled up with black
 */
record ClassifierGraph(String input, String output, Layout layout, OptionalInt pictures, ClassifierSettings settings) {
    static final String NAME = "classify";

    /** What is wrong with a graph; the message goes on from "file ..". */
    static final class Misfit extends Exception {
        Misfit(String message) {
            super(message);
        }
    }

    /** Looks at what the graph takes and gives. */
    static ClassifierGraph of(
            Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs, ClassifierSettings settings)
            throws Misfit {
        if (inputs.size() != 1) {
            throw new Misfit("takes " + (inputs.isEmpty() ? "nothing" : String.join(" and ", inputs.keySet()))
                    + " and a classifier takes a picture alone");
        }
        String input = inputs.keySet().iterator().next();
        TensorSpec pixels = inputs.get(input);
        Layout layout = layout(pixels, settings)
                .orElseThrow(() -> new Misfit("wants the input " + input + " as " + pixels
                        + " and a picture of this bundle is " + planes(settings) + " or " + interleaved(settings)
                        + (settings.layout().isPresent() ? ", as image.layout says" : "")));
        List<String> scores = outputs.keySet().stream()
                .filter(name -> outputs.get(name)
                        .fits(TensorSpec.floats(
                                TensorSpec.ANY, settings.classes().size())))
                .toList();
        if (scores.size() != 1) {
            throw new Misfit("gives " + outputs + " and a classifier of "
                    + settings.classes().size()
                    + " classes gives one number for each, as "
                    + TensorSpec.floats(TensorSpec.ANY, settings.classes().size()));
        }
        long batch = pixels.axes().getFirst();
        return new ClassifierGraph(
                input,
                scores.getFirst(),
                layout,
                batch == TensorSpec.ANY ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(batch)),
                settings);
    }

    /** As bundle.json says, else as the axes tell; where both would do, as most do. */
    private static Optional<Layout> layout(TensorSpec pixels, ClassifierSettings settings) {
        boolean first = pixels.fits(planes(settings));
        boolean last = pixels.fits(interleaved(settings));
        return settings.layout()
                .or(() -> first ? Optional.of(Layout.NCHW) : Optional.of(Layout.NHWC))
                .filter(layout -> switch (layout) {
                    case NCHW -> first;
                    case NHWC -> last;
                });
    }

    private static TensorSpec planes(ClassifierSettings settings) {
        return TensorSpec.floats(
                TensorSpec.ANY, 3, settings.image().height(), settings.image().width());
    }

    private static TensorSpec interleaved(ClassifierSettings settings) {
        return TensorSpec.floats(
                TensorSpec.ANY, settings.image().height(), settings.image().width(), 3);
    }

    /** The most pictures in one run. */
    int maxBatch() {
        return pictures.orElse(settings.maxBatch());
    }

    /** For each picture the logarithm of each class's weight. */
    List<double[]> run(OrtModel.Caller caller, List<ImageTensor> images) {
        int rows = pictures.orElse(images.size());
        int area = settings.image().width() * settings.image().height();
        float[] values = new float[rows * 3 * area];
        for (int i = 0; i < images.size(); i++) {
            put(images.get(i).values(), values, i * 3 * area, area);
        }
        long height = settings.image().height();
        long width = settings.image().width();
        Tensor pixels = switch (layout) {
            case NCHW -> new Tensor.Floats(values, rows, 3, height, width);
            case NHWC -> new Tensor.Floats(values, rows, height, width, 3);
        };
        float[] scores =
                ((Tensor.Floats) caller.run(NAME, Map.of(input, pixels)).get(output)).values();
        int classes = settings.classes().size();
        return IntStream.range(0, images.size())
                .mapToObj(row -> logs(scores, row * classes, classes))
                .toList();
    }

    private void put(float[] planes, float[] values, int at, int area) {
        switch (layout) {
            case NCHW -> System.arraycopy(planes, 0, values, at, 3 * area);
            case NHWC -> {
                for (int i = 0; i < area; i++) {
                    values[at + 3 * i] = planes[i];
                    values[at + 3 * i + 1] = planes[area + i];
                    values[at + 3 * i + 2] = planes[2 * area + i];
                }
            }
        }
    }

    private double[] logs(float[] scores, int from, int classes) {
        double[] logs = new double[classes];
        for (int i = 0; i < classes; i++) {
            logs[i] = switch (settings.output()) {
                case LOGITS -> scores[from + i];
                // Not 0, whose logarithm no softmax takes; below what a float's probability can be.
                case PROBABILITIES -> Math.log(Math.max(scores[from + i], Float.MIN_VALUE));
            };
        }
        return logs;
    }
}
