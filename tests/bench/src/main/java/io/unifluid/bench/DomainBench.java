package io.unifluid.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What it costs to measure how unlike its world each picture is: captions by one thread with the bundle, and without its {@code domain}. */
final class DomainBench implements AutoCloseable {
    private static final ModelOptions ONE_THREAD = new ModelOptions(DeviceChoice.CPU, 1, 1, 1);
    private static final int BATCH = 32;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final LoadedModel with;
    private final LoadedModel without;
    private final List<List<InferenceItem>> batches = new ArrayList<>();

    /** In ms of processor time a caption. */
    record Round(double with, double without) {}

    DomainBench(Path checkout, Path bundle, SamplePictures pictures) throws Exception {
        this.with = Models.open(bundle.toString(), ONE_THREAD);
        this.without = Models.open(
                withoutDomain(bundle, checkout.resolve("tests/bench/target/no-domain"))
                        .toString(),
                ONE_THREAD);
        try (var decoder = new ImageDecoder(with.imageSpec(), DecodeLimits.defaults())) {
            var items = new ArrayList<InferenceItem>();
            for (var picture : pictures.encoded()) {
                items.add(new CaptionItem("bench-" + items.size(), decoder.decode(picture), Optional.empty(), 0));
            }
            for (int from = 0; from < items.size(); from += BATCH) {
                batches.add(items.subList(from, Math.min(items.size(), from + BATCH)));
            }
        }
        for (int i = 0; i < 3; i++) {
            round();
        }
    }

    private static Path withoutDomain(Path bundle, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(bundle)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        var json = new ObjectMapper();
        var manifest = (ObjectNode) json.readTree(to.resolve("bundle.json").toFile());
        manifest.remove("domain");
        json.writeValue(to.resolve("bundle.json").toFile(), manifest);
        return to;
    }

    Round round() {
        double first = millis(with);
        double second = millis(without);
        return new Round((first + millis(with)) / 2, (second + millis(without)) / 2);
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
        with.close();
        without.close();
    }
}
