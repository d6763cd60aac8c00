package io.unifluid.inference.janus;

import io.unifluid.inference.decoding.Dialect;
import io.unifluid.inference.decoding.Layout;
import io.unifluid.inference.decoding.Pictures;
import io.unifluid.inference.decoding.Settings;
import io.unifluid.inference.decoding.Template;
import io.unifluid.inference.decoding.Tokens;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One graph embeds words and pictures together; another reads both, and two more make scores of words and of codes. */
final class JanusDialect implements Dialect {
    static final String PREPARE = "prepare_inputs_embeds";
    static final Layout.Drawing DRAWING = new Layout.Drawing("gen_head", "gen_img_embeds", "image_decode");
    static final Layout LAYOUT =
            new Layout(PREPARE, PREPARE, "language_model", Optional.of("lm_head"), Optional.of(DRAWING));

    private static final String IDS = "input_ids";
    private static final String SEQUENCE = "images_seq_mask";
    private static final String TAKEN = "images_emb_mask";
    private static final String EMBEDS = "inputs_embeds";

    private final Settings settings;
    private final String marks;

    JanusDialect(Settings settings) {
        this.settings = settings;
        this.marks = Tokens.IMAGE.repeat(settings.imageTokens());
    }

    @Override
    public Layout layout() {
        return LAYOUT;
    }

    @Override
    public Template withPicture(Template template, ImageTensor image) {
        return new Template(template.text().replace(Tokens.IMAGE, marks));
    }

    /** Of a sequence that is nothing but pictures: its embeddings are their features. */
    @Override
    public List<Tensor.Floats> encode(OrtModel.Caller model, List<ImageTensor> images) {
        int count = images.size();
        int places = count * settings.imageTokens();
        boolean[] all = new boolean[places];
        Arrays.fill(all, true);
        long[] ids = new long[places];
        Arrays.fill(ids, settings.rules().pad());
        Tensor.Floats pixels = Pictures.pixels(images);
        Map<String, Tensor> inputs = Map.of(
                IDS,
                new Tensor.Longs(ids, 1, places),
                Pictures.PIXELS,
                new Tensor.Floats(
                        pixels.values(),
                        1,
                        count,
                        3,
                        settings.image().height(),
                        settings.image().width()),
                SEQUENCE,
                new Tensor.Flags(all, 1, places),
                TAKEN,
                new Tensor.Flags(all, 1, count, settings.imageTokens()));
        Tensor.Floats features = (Tensor.Floats) model.run(PREPARE, inputs).get(EMBEDS);
        if (features.shape().length != 3 || features.shape()[1] != places) {
            throw Pictures.unfit(features.shape(), count);
        }
        return Pictures.parts(features, count);
    }

    /** No picture among them. */
    @Override
    public Map<String, Tensor> besideTokens(int rows, int width) {
        return Map.of(
                Pictures.PIXELS,
                new Tensor.Floats(
                        new float[0],
                        0,
                        0,
                        3,
                        settings.image().height(),
                        settings.image().width()),
                SEQUENCE,
                new Tensor.Flags(new boolean[rows * width], rows, width),
                TAKEN,
                new Tensor.Flags(new boolean[0], 1, 1, 0));
    }

    @Override
    public boolean readsForward() {
        return true;
    }
}
