package io.unifluid.bench;

import com.sun.management.OperatingSystemMXBean;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageTensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Two models of one thread each, over the same batches alternately. */
final class ModelPair implements AutoCloseable {
    static final ModelOptions ONE_THREAD = new ModelOptions(DeviceChoice.CPU, 1, 1, 1);
    private static final int BATCH = 32;
    private static final int WARM_UP_ROUNDS = 3;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final LoadedModel one;
    private final LoadedModel other;
    private final List<List<InferenceItem>> batches = new ArrayList<>();

    /** In ms of processor time an item. */
    record Round(double one, double other) {}

    /** @param item of an id and a picture, for each of the pictures; both models take them alike */
    ModelPair(
            LoadedModel one,
            LoadedModel other,
            SamplePictures pictures,
            BiFunction<String, ImageTensor, InferenceItem> item)
            throws Exception {
        this.one = one;
        this.other = other;
        try (var decoder = new ImageDecoder(one.imageSpec(), DecodeLimits.defaults())) {
            var items = new ArrayList<InferenceItem>();
            for (var picture : pictures.encoded()) {
                items.add(item.apply("bench-" + items.size(), decoder.decode(picture)));
            }
            for (int from = 0; from < items.size(); from += BATCH) {
                batches.add(items.subList(from, Math.min(items.size(), from + BATCH)));
            }
        }
        warmUp();
    }

    /** Of batches that are there already. */
    ModelPair(LoadedModel one, LoadedModel other, List<List<InferenceItem>> batches) {
        this.one = one;
        this.other = other;
        this.batches.addAll(batches);
        warmUp();
    }

    private void warmUp() {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            round();
        }
    }

    Round round() {
        double first = millis(one);
        double second = millis(other);
        return new Round((first + millis(one)) / 2, (second + millis(other)) / 2);
    }

    private double millis(LoadedModel model) {
        long start = system.getProcessCpuTime();
        batches.forEach(model::run);
        return (system.getProcessCpuTime() - start)
                / 1e6
                / batches.stream().mapToInt(List::size).sum();
    }

    @Override
    public void close() {
        one.close();
        other.close();
    }
}
