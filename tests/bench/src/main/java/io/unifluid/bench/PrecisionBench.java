package io.unifluid.bench;

import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.Precision;
import io.unifluid.inference.families.Models;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What 8-bit products save beside 32-bit floats. */
final class PrecisionBench {
    private static final List<QuestionItem> FIVE = Stream.of(
                    "is there a weapon?",
                    "is there alcohol?",
                    "is there something to smoke?",
                    "is there an animal?",
                    "is there food?")
            .map(text -> new QuestionItem(text, List.of("yes", "no")))
            .toList();

    private PrecisionBench() {}

    static ModelPair captions(Path bundle, SamplePictures pictures) throws Exception {
        return new ModelPair(
                open(bundle, Precision.AUTO),
                open(bundle, Precision.FP32),
                pictures,
                (id, image) -> new CaptionItem(id, image, Optional.empty(), 0));
    }

    /** @param count of the questions about each picture, at most five */
    static ModelPair questions(Path bundle, SamplePictures pictures, int count) throws Exception {
        return new ModelPair(
                open(bundle, Precision.AUTO),
                open(bundle, Precision.FP32),
                pictures,
                (id, image) -> new VqaItem(id, image, FIVE.subList(0, count)));
    }

    private static LoadedModel open(Path bundle, Precision precision) {
        return Models.open(bundle.toString(), ModelPair.ONE_THREAD.with(precision));
    }
}
