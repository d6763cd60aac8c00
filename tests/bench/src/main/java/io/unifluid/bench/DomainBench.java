package io.unifluid.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.families.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** What it costs to measure how unlike its world each picture is: captions with the bundle, and without its {@code domain}. */
final class DomainBench {
    private DomainBench() {}

    /** With the measure, and without. */
    static ModelPair open(Path checkout, Path bundle, SamplePictures pictures) throws Exception {
        var without = withoutDomain(bundle, checkout.resolve("tests/bench/target/no-domain"));
        return new ModelPair(
                Models.open(bundle.toString(), ModelPair.ONE_THREAD),
                Models.open(without.toString(), ModelPair.ONE_THREAD),
                pictures,
                (id, image) -> new CaptionItem(id, image, Optional.empty(), 0));
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
}
