package io.unifluid.inference.classifier;

import io.unifluid.inference.Manifest;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.image.Filter;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.Preparation;
import java.util.List;
import java.util.Optional;

/**
 * The part of bundle.json that a classifier reads.
 *
 * @param layout where the graph has its channels, if its axes do not tell
 * @param classes in the order of the graph's output
 * @param output what the graph gives
 * @param temperature evens scores out above 1 and sharpens them below, so that they are calibrated
 * @param maxBatch pictures in one run
 */
record ClassifierSettings(
        ImageSpec image,
        Optional<Layout> layout,
        List<String> classes,
        Output output,
        double temperature,
        int maxBatch,
        Answers answers) {

    /** Where a graph's input has red, green and blue. */
    enum Layout {
        /** Each a plane of its own. */
        NCHW,
        /** Side by side in each pixel. */
        NHWC
    }

    /** What a graph gives for each class. */
    enum Output {
        LOGITS,
        PROBABILITIES
    }

    private static final int MOST_CLASSES = 100_000;

    ClassifierSettings {
        classes = List.copyOf(classes);
    }

    static ClassifierSettings read(Manifest manifest) {
        List<String> classes = manifest.texts("classes");
        if (classes.size() < 2 || classes.size() > MOST_CLASSES) {
            throw manifest.wrong("classes", "has " + classes.size() + " names and not from 2 to " + MOST_CLASSES);
        }
        return new ClassifierSettings(
                image(manifest),
                manifest.optionalText("image.layout").map(text -> switch (text) {
                    case "nchw" -> Layout.NCHW;
                    case "nhwc" -> Layout.NHWC;
                    default -> throw manifest.wrong("image.layout", "is \"" + text + "\" and neither nchw nor nhwc");
                }),
                classes,
                switch (manifest.text("output")) {
                    case "logits" -> Output.LOGITS;
                    case "probabilities" -> Output.PROBABILITIES;
                    case String other ->
                        throw manifest.wrong("output", "is \"" + other + "\" and neither logits nor probabilities");
                },
                manifest.has("calibration.temperature") ? manifest.number("calibration.temperature", 0.01, 100) : 1,
                manifest.integer("limits.maxBatch", 1, 4096),
                Answers.read(manifest, classes));
    }

    private static ImageSpec image(Manifest manifest) {
        int width = manifest.integer("image.width", 1, 8192);
        int height = manifest.integer("image.height", 1, 8192);
        List<Float> mean = floats(manifest, "image.mean");
        List<Float> std = floats(manifest, "image.std");
        Filter filter = filter(manifest);
        Preparation preparation = switch (manifest.text("image.fit")) {
            case "stretch" -> new Preparation.Levels(filter);
            case "middle" -> manifest.check("image.resize", () -> new Preparation.Middle(filter, resize(manifest)));
            case String other ->
                throw manifest.wrong(
                        "image.fit", "is \"" + other + "\" and this build knows only \"stretch\" and \"middle\"");
        };
        return manifest.check("image", () -> new ImageSpec(width, height, mean, std, preparation));
    }

    private static Filter filter(Manifest manifest) {
        return switch (manifest.text("image.resampling")) {
            case "bilinear" -> Filter.BILINEAR;
            case "bicubic" -> Filter.BICUBIC;
            case "lanczos" -> Filter.LANCZOS;
            case String other ->
                throw manifest.wrong(
                        "image.resampling", "is \"" + other + "\" and none of bilinear, bicubic and lanczos");
        };
    }

    private static Preparation.Target resize(Manifest manifest) {
        return manifest.has("image.resize.shortestEdge")
                ? new Preparation.ShortestEdge(manifest.integer("image.resize.shortestEdge", 1, 8192))
                : new Preparation.Size(
                        manifest.integer("image.resize.width", 1, 8192),
                        manifest.integer("image.resize.height", 1, 8192));
    }

    private static List<Float> floats(Manifest manifest, String field) {
        return manifest.numbers(field, -1000, 1000).stream()
                .map(Double::floatValue)
                .toList();
    }

    /** A classifier reads no text and draws nothing: what is asked is looked up. */
    ModelLimits limits() {
        return new ModelLimits(Answers.LONGEST_QUESTION, 1, maxBatch, 1, 1, List.of());
    }
}
