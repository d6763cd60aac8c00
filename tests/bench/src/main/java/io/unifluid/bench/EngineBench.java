package io.unifluid.bench;

import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The engine by itself: pictures decoded and captioned in this process, in full batches and one by one. */
final class EngineBench {
    private static final int BATCH = 32;
    private static final int ROUNDS = 5;

    private final Path bundle;
    private final SamplePictures pictures;

    EngineBench(Path bundle, SamplePictures pictures) {
        this.bundle = bundle;
        this.pictures = pictures;
    }

    /** @param batched captions/s in batches of 32 @param oneByOne captions/s in batches of 1 */
    record Rates(double batched, double oneByOne) {}

    Rates measure() throws Exception {
        try (var model = Models.open(bundle.toString(), ModelOptions.defaults());
                var decoder = new ImageDecoder(model.imageSpec(), DecodeLimits.defaults())) {
            model.warmUp();
            run(model, decoder, BATCH);
            double batched = 0;
            double single = 0;
            for (int round = 0; round < ROUNDS; round++) {
                batched += rate(model, decoder, BATCH) / ROUNDS;
                single += rate(model, decoder, 1) / ROUNDS;
            }
            return new Rates(batched, single);
        }
    }

    private double rate(LoadedModel model, ImageDecoder decoder, int batch) throws Exception {
        long start = System.nanoTime();
        run(model, decoder, batch);
        return pictures.encoded().size() / ((System.nanoTime() - start) / 1e9);
    }

    private void run(LoadedModel model, ImageDecoder decoder, int batch) throws Exception {
        var items = new ArrayList<InferenceItem>();
        for (var encoded : pictures.encoded()) {
            items.add(new CaptionItem("bench-" + items.size(), decoder.decode(encoded), Optional.empty(), 0));
            if (items.size() == batch) {
                caption(model, items);
                items.clear();
            }
        }
        if (!items.isEmpty()) {
            caption(model, items);
        }
    }

    private static void caption(LoadedModel model, List<InferenceItem> items) {
        for (var outcome : model.run(List.copyOf(items)).items()) {
            if (!(outcome instanceof CaptionResult)) {
                throw new IllegalStateException("The engine did not caption: " + outcome);
            }
        }
    }
}
