package io.unifluid.inference.library;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.FailureCause;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.ImagesResult;
import io.unifluid.inference.ItemOutcome.ItemFailure;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.Manifest;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.TextLoop;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.BadImageException;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.support.Png;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Loads a bundle on the CPU, runs each of its shapes once, and asks it about one picture. That its graphs run is proven
 * then, not that its answers are right.
 */
public final class SelfTest {
    /** Longest caption in tokens: enough to see that it writes. */
    private static final int SHORT = 12;

    private static final int SIDE = 64;

    private SelfTest() {}

    /**
     * Tests a bundle.
     *
     * @return a line for each task of reading: what was asked and what the model said
     * @throws BundleException with one sentence, if it cannot be loaded or does not run
     */
    public static List<String> run(ModelBundle bundle) throws InterruptedException {
        return run(bundle, TextLoop.AUTO);
    }

    /**
     * Tests a bundle whose texts are written in this way.
     *
     * @return a line for each task of reading: what was asked and what the model said
     * @throws BundleException with one sentence, if it cannot be loaded or does not run
     */
    public static List<String> run(ModelBundle bundle, TextLoop loop) throws InterruptedException {
        ModelOptions options = new ModelOptions(DeviceChoice.CPU, 1, 0, 1).with(loop);
        try (LoadedModel model = Models.load(bundle, options)) {
            model.warmUp();
            ImageTensor picture = picture(model);
            List<String> lines = new ArrayList<>();
            for (InferenceItem item : items(bundle, model, picture)) {
                lines.add(line(bundle, item, model.run(List.of(item)).items().getFirst()));
            }
            return List.copyOf(lines);
        } catch (GraphFailure e) {
            throw new BundleException(
                    "Bundle " + bundle.folder() + ": the model loads and then does not run (" + e.getMessage() + ").",
                    e);
        }
    }

    /** The lower half brighter than the upper, a ramp from left to right. */
    private static ImageTensor picture(LoadedModel model) throws InterruptedException {
        float[] pixels = new float[3 * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            float across = (float) (i % SIDE) / SIDE;
            float down = (float) (i / SIDE % SIDE) / SIDE;
            pixels[i] = across + down - 1;
        }
        try (ImageDecoder decoder = new ImageDecoder(model.imageSpec(), DecodeLimits.defaults())) {
            return decoder.decode(Png.of(pixels, SIDE, SIDE));
        } catch (BadImageException e) {
            throw new IllegalStateException("A picture of our own is read.", e);
        }
    }

    private static List<InferenceItem> items(ModelBundle bundle, LoadedModel model, ImageTensor picture) {
        List<InferenceItem> items = new ArrayList<>();
        if (model.tasks().contains(Task.CAPTION)) {
            items.add(new CaptionItem("self-test", picture, Optional.empty(), SHORT));
        }
        if (model.tasks().contains(Task.VQA)) {
            items.add(new VqaItem(
                    "self-test",
                    picture,
                    List.of(example(bundle.manifest())
                            .orElseGet(() -> new QuestionItem("Is it day or night?", List.of("day", "night"))))));
        }
        return items;
    }

    /** The question that a bundle is made for, if it says one. */
    public static Optional<QuestionItem> example(Manifest manifest) {
        return manifest.has("example")
                ? Optional.of(new QuestionItem(manifest.text("example.question"), manifest.texts("example.choices")))
                : Optional.empty();
    }

    private static String line(ModelBundle bundle, InferenceItem item, ItemOutcome outcome) {
        return switch (outcome) {
            case CaptionResult caption -> "caption: " + caption.text();
            case VqaResult vqa ->
                "question: " + vqa.answers().getFirst().question() + " "
                        + vqa.answers().getFirst().answer();
            case ImagesResult images -> images.images().size() + " pictures";
            case ItemFailure failure
            when failure.cause() == FailureCause.BAD_INPUT -> item.task() + " refused: " + failure.message();
            case ItemFailure failure ->
                throw new BundleException("Bundle " + bundle.folder() + ": the model loads and then fails at "
                        + item.task() + " (" + failure.message() + ").");
        };
    }
}
