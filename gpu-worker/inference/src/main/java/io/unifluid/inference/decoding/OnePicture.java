package io.unifluid.inference.decoding;

import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.List;
import java.util.Map;

/** A picture of one frame, with a mark for each of its tokens. */
public final class OnePicture implements Dialect {
    private final String marks;

    public OnePicture(Settings settings) {
        this.marks = Tokens.IMAGE.repeat(settings.imageTokens());
    }

    @Override
    public Template withPicture(Template template, ImageTensor image) {
        return new Template(template.text().replace(Tokens.IMAGE, marks));
    }

    @Override
    public List<Tensor.Floats> encode(OrtModel.Caller model, List<ImageTensor> images) {
        return Pictures.features(model, Map.of(Pictures.PIXELS, Pictures.pixels(images)), images.size());
    }

    @Override
    public boolean readsForward() {
        return false;
    }
}
