package io.unifluid.inference.unifluid;

import io.unifluid.inference.Manifest;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.support.DrawChecks;
import io.unifluid.inference.support.Prompts;
import java.util.List;

/**
 * The part of bundle.json that the UniFluid family reads.
 *
 * @param imageTokens continuous tokens of a picture
 * @param tokenDim numbers in a continuous token
 * @param pad id that fills prompts up to their bucket
 * @param eos id that ends an answer
 * @param defaultMaxTokens longest caption or free answer where the request names none
 * @param temperature divides log-probabilities before choices are compared, so that scores are calibrated
 */
record UniFluidSettings(
        ImageSpec image,
        int imageTokens,
        int tokenDim,
        long pad,
        long eos,
        Templates templates,
        ModelLimits limits,
        int defaultSteps,
        double defaultGuidance,
        int defaultMaxTokens,
        double temperature) {

    /** Text around what the user wrote, with the place for it in braces. */
    record Templates(String caption, String vqa, String generate, String edit) {}

    static UniFluidSettings read(Manifest manifest) {
        String fit = manifest.text("image.fit");
        if (!fit.equals("stretch")) {
            throw manifest.wrong("image.fit", "is \"" + fit + "\" and this build knows only \"stretch\"");
        }
        if (manifest.integer("image.channels", 1, 4) != 3) {
            throw manifest.wrong("image.channels", "is not 3");
        }
        ModelLimits limits = limits(manifest);
        return new UniFluidSettings(
                image(manifest),
                manifest.integer("image.tokens", 1, 4096),
                manifest.integer("image.tokenDim", 1, 4096),
                manifest.integer("specialTokens.pad", 0, Integer.MAX_VALUE),
                manifest.integer("specialTokens.eos", 0, Integer.MAX_VALUE),
                templates(manifest),
                limits,
                manifest.integer("defaults.steps", 1, limits.maxSteps()),
                manifest.number("defaults.guidance", 0, DrawChecks.MAX_GUIDANCE),
                manifest.integer("defaults.maxTokens", 1, limits.maxNewTokens()),
                manifest.number("calibration.temperature", 0.01, 100));
    }

    private static ImageSpec image(Manifest manifest) {
        int width = manifest.integer("image.width", 1, 8192);
        int height = manifest.integer("image.height", 1, 8192);
        List<Float> mean = floats(manifest, "image.mean");
        List<Float> std = floats(manifest, "image.std");
        return manifest.check("image", () -> new ImageSpec(width, height, mean, std));
    }

    private static List<Float> floats(Manifest manifest, String field) {
        return manifest.numbers(field, -100, 100).stream()
                .map(Double::floatValue)
                .toList();
    }

    private static Templates templates(Manifest manifest) {
        return new Templates(
                template(manifest, "caption", "{hint}"),
                template(manifest, "vqa", "{question}"),
                template(manifest, "generate", "{prompt}"),
                template(manifest, "edit", "{instruction}"));
    }

    private static String template(Manifest manifest, String task, String place) {
        String template = manifest.text("templates." + task);
        if (!template.contains(place)) {
            throw manifest.wrong("templates." + task, "has no " + place);
        }
        return template.replace(place, Prompts.PLACE);
    }

    private static ModelLimits limits(Manifest manifest) {
        int maxPromptTokens = manifest.integer("limits.maxPromptTokens", 1, 100_000);
        List<Integer> buckets = manifest.numbers("buckets.promptTokens", 1, 100_000).stream()
                .map(Double::intValue)
                .sorted()
                .distinct()
                .toList();
        if (buckets.isEmpty() || buckets.getLast() < maxPromptTokens) {
            throw manifest.wrong("buckets.promptTokens", "has no bucket for limits.maxPromptTokens");
        }
        return new ModelLimits(
                maxPromptTokens,
                manifest.integer("limits.maxNewTokens", 1, 100_000),
                manifest.integer("limits.maxBatch", 1, 4096),
                manifest.integer("limits.maxSteps", 1, 10_000),
                manifest.integer("limits.maxCount", 1, 1000),
                buckets);
    }
}
