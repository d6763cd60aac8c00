package io.unifluid.inference.decoding;

import io.unifluid.inference.Manifest;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.image.Filter;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.Preparation;
import io.unifluid.inference.support.DrawChecks;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * The part of bundle.json that families of public models read.
 *
 * @param imageTokens of one picture, or of one of its tiles
 * @param imageId the token that stands where a picture's features go
 * @param context tokens that the decoder reads at most, those it writes included
 * @param firstPosition the position of a prompt's first token
 * @param decoderStart the token that a decoder with an encoder begins with
 * @param templates by name: caption, vqa, answer
 * @param captions templates of captions by the hint that asks for them; empty where a hint goes into {@code caption}
 * @param defaultMaxTokens longest caption or free answer where the request names none
 * @param temperature divides log-probabilities before choices are compared
 * @param drawing empty for a model that only reads
 */
public record Settings(
        ImageSpec image,
        int imageTokens,
        long imageId,
        int context,
        int firstPosition,
        OptionalLong decoderStart,
        Rules rules,
        Templates templates,
        Map<String, Template> captions,
        ModelLimits limits,
        int defaultMaxTokens,
        double temperature,
        Optional<Drawing> drawing) {

    /** Text around what the user wrote. */
    public record Templates(Template caption, Template vqa, Template answer) {}

    /**
     * How a model draws, token by token.
     *
     * @param tokens of one picture
     * @param kept tokens of a prompt that stay when its words are taken out
     * @param template around a prompt
     * @param guidance how strongly a prompt steers where the request does not say
     * @param temperature 0 for the likeliest token; above, scores are divided by it and a token is drawn
     */
    public record Drawing(int tokens, Set<Long> kept, Template template, double guidance, double temperature) {
        public Drawing {
            kept = Set.copyOf(kept);
        }
    }

    /** How a family's pictures come to their size. */
    public enum Fit {
        STRETCHED,
        /** Cut into tiles. */
        TILES,
        /** In the middle of a square. */
        PADDED
    }

    public static Settings read(Manifest manifest, Fit fit) {
        int context = manifest.integer("limits.context", 2, 1 << 24);
        ModelLimits limits = new ModelLimits(
                manifest.integer("limits.maxPromptTokens", 1, context),
                manifest.integer("limits.maxNewTokens", 1, context),
                manifest.integer("limits.maxBatch", 1, 4096),
                1,
                manifest.has("limits.maxCount") ? manifest.integer("limits.maxCount", 1, 1000) : 1,
                List.of(manifest.integer("limits.maxPromptTokens", 1, context)));
        Map<String, Template> captions = new TreeMap<>();
        if (manifest.has("templates.captions")) {
            manifest.textMap("templates.captions")
                    .forEach((hint, text) -> captions.put(
                            hint, manifest.check("templates.captions", () -> new Template(text + Template.NOWHERE))));
        }
        return new Settings(
                image(manifest, fit),
                manifest.integer("image.tokens", 1, 1 << 16),
                manifest.integer("specialTokens.image", 0, Integer.MAX_VALUE),
                context,
                manifest.has("decoding.firstPosition") ? manifest.integer("decoding.firstPosition", 0, 1) : 0,
                id(manifest, "specialTokens.decoderStart"),
                rules(manifest),
                new Templates(
                        template(manifest, "caption", "{hint}"),
                        template(manifest, "vqa", "{question}"),
                        template(manifest, "answer", "{answer}")),
                Map.copyOf(captions),
                limits,
                manifest.integer("defaults.maxTokens", 1, limits.maxNewTokens()),
                manifest.has("calibration.temperature") ? manifest.number("calibration.temperature", 0.01, 100) : 1,
                manifest.has("drawing") ? Optional.of(drawing(manifest, context)) : Optional.empty());
    }

    private static Drawing drawing(Manifest manifest, int context) {
        return new Drawing(
                manifest.integer("drawing.tokens", 1, context - 1),
                ids(manifest, "drawing.kept"),
                template(manifest, "generate", "{prompt}"),
                manifest.number("defaults.guidance", 0, DrawChecks.MAX_GUIDANCE),
                manifest.number("drawing.temperature", 0, 100));
    }

    private static Rules rules(Manifest manifest) {
        SequencedSet<Long> ends = ids(manifest, "specialTokens.eos");
        return manifest.check(
                "specialTokens.eos",
                () -> new Rules(
                        ends,
                        manifest.integer("specialTokens.pad", 0, Integer.MAX_VALUE),
                        id(manifest, "decoding.first"),
                        id(manifest, "decoding.last"),
                        manifest.has("decoding.noRepeat") ? manifest.integer("decoding.noRepeat", 0, 100) : 0,
                        sampling(manifest)));
    }

    private static Sampling sampling(Manifest manifest) {
        if (!manifest.has("decoding.temperature")) {
            return Sampling.GREEDY;
        }
        return new Sampling(
                manifest.number("decoding.temperature", 0, 100),
                manifest.has("decoding.topK") ? manifest.integer("decoding.topK", 0, Integer.MAX_VALUE) : 0,
                manifest.has("decoding.topP") ? manifest.number("decoding.topP", 1e-6, 1) : 1);
    }

    private static SequencedSet<Long> ids(Manifest manifest, String field) {
        SequencedSet<Long> ids = new LinkedHashSet<>();
        manifest.numbers(field, 0, Integer.MAX_VALUE).forEach(id -> ids.add(id.longValue()));
        return ids;
    }

    private static OptionalLong id(Manifest manifest, String field) {
        return manifest.has(field)
                ? OptionalLong.of(manifest.integer(field, 0, Integer.MAX_VALUE))
                : OptionalLong.empty();
    }

    private static ImageSpec image(Manifest manifest, Fit fit) {
        int width = manifest.integer("image.width", 1, 8192);
        int height = manifest.integer("image.height", 1, 8192);
        String name = manifest.text("image.filter");
        Filter filter = manifest.check("image.filter", () -> Filter.valueOf(name.toUpperCase(Locale.ROOT)));
        return manifest.check(
                "image",
                () -> new ImageSpec(
                        width,
                        height,
                        floats(manifest, "image.mean"),
                        floats(manifest, "image.std"),
                        switch (fit) {
                            case STRETCHED -> new Preparation.Levels(filter);
                            case TILES ->
                                new Preparation.Tiles(
                                        filter,
                                        manifest.integer("image.longestEdge", 1, 8192),
                                        manifest.integer("image.cut", 0, 1) == 1);
                            case PADDED ->
                                new Preparation.Padded(
                                        filter,
                                        manifest.integer("image.least", 1, 8192),
                                        manifest.numbers("image.background", 0, 255).stream()
                                                .map(Double::intValue)
                                                .toList());
                        }));
    }

    private static List<Float> floats(Manifest manifest, String field) {
        return manifest.numbers(field, -100, 100).stream()
                .map(Double::floatValue)
                .toList();
    }

    /** A bundle that lacks a task needs no template for it. */
    private static Template template(Manifest manifest, String name, String place) {
        if (!manifest.has("templates." + name)) {
            return new Template(Template.NOWHERE);
        }
        return manifest.check("templates." + name, () -> Template.of(manifest.text("templates." + name), place));
    }
}
