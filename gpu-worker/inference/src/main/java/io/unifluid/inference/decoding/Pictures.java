package io.unifluid.inference.decoding;

import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What vision encoders take and give. */
public final class Pictures {
    public static final String ENCODER = "vision_encoder";
    public static final String PIXELS = "pixel_values";

    private static final String FEATURES = "image_features";

    private Pictures() {}

    /** Pictures of one frame each, [N, 3, H, W]. */
    public static Tensor.Floats pixels(List<ImageTensor> images) {
        ImageTensor first = images.getFirst();
        int size = first.values().length;
        float[] values = new float[images.size() * size];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i).values(), 0, values, i * size, size);
        }
        return new Tensor.Floats(values, images.size(), 3, first.height(), first.width());
    }

    /**
     * Runs the vision encoder.
     *
     * @return {@code image_features} [N, T, H] in its N parts, each T x H
     */
    public static List<Tensor.Floats> features(OrtModel.Caller model, Map<String, Tensor> inputs, int parts) {
        Tensor.Floats all = (Tensor.Floats) model.run(ENCODER, inputs).get(FEATURES);
        long[] shape = all.shape();
        if (shape.length != 3 || shape[0] != parts) {
            throw unfit(shape, parts);
        }
        return parts(all, parts);
    }

    /** The exception for an encoder that gives something of this shape for so many pictures. */
    public static GraphFailure unfit(long[] shape, int parts) {
        return new GraphFailure(
                "The vision encoder gives features of " + Arrays.toString(shape) + " for " + parts
                        + " pictures; the bundle's settings and graphs do not fit.",
                new IllegalStateException("parts"));
    }

    /** Features of several pictures, one after the other, in as many equal parts. */
    public static List<Tensor.Floats> parts(Tensor.Floats all, int parts) {
        long[] shape = all.shape();
        int size = all.values().length / parts;
        int width = (int) shape[shape.length - 1];
        List<Tensor.Floats> features = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            features.add(
                    new Tensor.Floats(Arrays.copyOfRange(all.values(), i * size, (i + 1) * size), size / width, width));
        }
        return features;
    }

    /** Features of a picture's parts, one after the other. */
    public static Tensor.Floats joined(List<Tensor.Floats> parts) {
        int size = parts.getFirst().values().length;
        float[] values = new float[parts.size() * size];
        for (int i = 0; i < parts.size(); i++) {
            System.arraycopy(parts.get(i).values(), 0, values, i * size, size);
        }
        long[] shape = parts.getFirst().shape();
        return new Tensor.Floats(values, parts.size() * shape[0], shape[1]);
    }
}
