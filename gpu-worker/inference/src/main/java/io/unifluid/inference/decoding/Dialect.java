package io.unifluid.inference.decoding;

import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.List;
import java.util.Map;

/** What one family does in its own way. */
public interface Dialect {
    /**
     * A template with the marks of a picture in it: the token of {@link Settings#imageId} comes once for each row of the
     * picture's features, in their order.
     */
    Template withPicture(Template template, ImageTensor image);

    /**
     * Runs the vision encoder.
     *
     * @return the features of each picture, rows x numbers
     * @throws io.unifluid.inference.ort.GraphFailure if it fails
     */
    List<Tensor.Floats> encode(OrtModel.Caller model, List<ImageTensor> images);

    default Layout layout() {
        return Layout.USUAL;
    }

    /** What the graph that embeds tokens is given beside rows x width of them. */
    default Map<String, Tensor> besideTokens(int rows, int width) {
        return Map.of();
    }

    /**
     * Whether what a token means depends on those before it alone: then what several prompts on a picture begin with is read
     * once for all of them.
     */
    boolean readsForward();
}
