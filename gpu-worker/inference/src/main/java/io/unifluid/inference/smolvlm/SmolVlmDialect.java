package io.unifluid.inference.smolvlm;

import io.unifluid.inference.decoding.Dialect;
import io.unifluid.inference.decoding.Pictures;
import io.unifluid.inference.decoding.Settings;
import io.unifluid.inference.decoding.Template;
import io.unifluid.inference.decoding.Tokens;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Tiles row by row, each with its place and its marks, then the whole picture. */
final class SmolVlmDialect implements Dialect {
    private static final String AROUND = "<fake_token_around_image>";
    private static final String WHOLE = "<global-img>";

    private final String marks;

    SmolVlmDialect(Settings settings) {
        this.marks = Tokens.IMAGE.repeat(settings.imageTokens());
    }

    @Override
    public Template withPicture(Template template, ImageTensor image) {
        var text = new StringBuilder();
        for (int row = 1; row <= image.rows(); row++) {
            for (int column = 1; column <= image.columns(); column++) {
                text.append(AROUND)
                        .append("<row_" + row + "_col_" + column + ">")
                        .append(marks);
            }
            text.append('\n');
        }
        text.append(image.rows() == 0 ? "" : "\n")
                .append(AROUND)
                .append(WHOLE)
                .append(marks)
                .append(AROUND);
        return new Template(template.text().replace(Tokens.IMAGE, text));
    }

    /** All frames of all pictures go in as those of one, so that none has to be made up to fill a shorter picture. */
    @Override
    public List<Tensor.Floats> encode(OrtModel.Caller model, List<ImageTensor> images) {
        int side = images.getFirst().width();
        int frames = images.stream().mapToInt(ImageTensor::frames).sum();
        float[] pixels = new float[frames * 3 * side * side];
        int at = 0;
        for (ImageTensor image : images) {
            System.arraycopy(image.values(), 0, pixels, at, image.values().length);
            at += image.values().length;
        }
        boolean[] seen = new boolean[frames * side * side];
        Arrays.fill(seen, true);
        List<Tensor.Floats> parts = Pictures.features(
                model,
                Map.of(
                        Pictures.PIXELS,
                        new Tensor.Floats(pixels, 1, frames, 3, side, side),
                        "pixel_attention_mask",
                        new Tensor.Flags(seen, 1, frames, side, side)),
                frames);
        List<Tensor.Floats> features = new ArrayList<>();
        int next = 0;
        for (ImageTensor image : images) {
            features.add(Pictures.joined(parts.subList(next, next + image.frames())));
            next += image.frames();
        }
        return features;
    }

    @Override
    public boolean readsForward() {
        return true;
    }
}
