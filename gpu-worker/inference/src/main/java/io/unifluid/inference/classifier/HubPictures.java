package io.unifluid.inference.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.hub.HubFolder;
import java.util.Locale;

/** How a classifier's pictures are prepared, as transformers' image processors read {@code preprocessor_config.json}. */
record HubPictures(HubFolder folder, JsonNode processor, Sides model, Resize resize) {
    private static final String PROCESSOR = "preprocessor_config.json";
    /** Where ConvNeXT's processor cuts no more. */
    private static final int LARGE = 384;

    /** In px. */
    private record Sides(int width, int height) {
        @Override
        public String toString() {
            return height + "x" + width;
        }
    }

    private sealed interface Resize {
        record Stretch() implements Resize {}

        /** The middle is cut out of a picture of this shorter side. */
        record Shortest(int length) implements Resize {}

        /** The middle is cut out of a picture of these sides. */
        record Whole(Sides sides) implements Resize {}
    }

    static HubPictures of(HubFolder folder) {
        JsonNode processor = folder.needed(PROCESSOR);
        if (processor.path("do_flip_channel_order").asBoolean(false)) {
            throw folder.refused("takes blue before red (do_flip_channel_order in " + PROCESSOR
                    + "), which this build's classifiers do not");
        }
        String kind = processor
                .path("image_processor_type")
                .asText(processor.path("feature_extractor_type").asText())
                .toLowerCase(Locale.ROOT);
        JsonNode size = processor.path("size");
        boolean cuts = processor.path("do_center_crop").asBoolean(false);
        int shortest = size.path("shortest_edge")
                .asInt(kind.startsWith("clip") || kind.startsWith("convnext") ? size.asInt() : 0);
        if (kind.startsWith("convnext") || processor.has("crop_pct")) {
            int side = shortest > 0 ? shortest : side(folder, size, "size", "height");
            double share = processor.path("crop_pct").asDouble(224 / 256.0);
            Sides model = new Sides(side, side);
            if (!(share > 0 && share <= 1)) {
                throw folder.refused(
                        "has a crop_pct in " + PROCESSOR + " that is no share: " + processor.path("crop_pct"));
            }
            return new HubPictures(
                    folder,
                    processor,
                    model,
                    side < LARGE ? new Resize.Shortest((int) (side / share)) : new Resize.Stretch());
        }
        if (!cuts) {
            if (size.has("shortest_edge")) {
                throw folder.refused("takes pictures of any shape (size.shortest_edge without do_center_crop in "
                        + PROCESSOR + "), and this build's classifiers have one size");
            }
            return new HubPictures(folder, processor, sides(folder, size, "size"), new Resize.Stretch());
        }
        if (!processor.path("do_resize").asBoolean(true)) {
            throw folder.refused("cuts the middle out of pictures that it does not resize (do_resize in " + PROCESSOR
                    + "), which this build does not");
        }
        Sides model = sides(folder, processor.path("crop_size"), "crop_size");
        if (kind.startsWith("levit") && shortest > 0) {
            shortest = (int) (256 / 224.0 * shortest);
        }
        Resize resize = shortest > 0 ? new Resize.Shortest(shortest) : new Resize.Whole(sides(folder, size, "size"));
        Sides least = resize instanceof Resize.Whole whole ? whole.sides() : new Sides(shortest, shortest);
        if (least.width() < model.width() || least.height() < model.height()) {
            throw folder.refused("cuts a middle of " + model + " px out of pictures of " + least + " px (" + PROCESSOR
                    + "), and this build pads none");
        }
        return new HubPictures(folder, processor, model, resize);
    }

    private static Sides sides(HubFolder folder, JsonNode size, String field) {
        return new Sides(side(folder, size, field, "width"), side(folder, size, field, "height"));
    }

    private static int side(HubFolder folder, JsonNode size, String field, String name) {
        int side = size.isObject() ? size.path(name).asInt() : size.asInt();
        if (side < 1) {
            throw folder.refused(
                    "does not say in " + PROCESSOR + " which size its pictures have (" + field + "." + name + ")");
        }
        return side;
    }

    String sentence() {
        return switch (resize) {
            case Resize.Stretch _ -> "Resized to " + model + " px.";
            case Resize.Shortest(int length) ->
                "Resized to a shorter side of " + length + " px, of which the middle " + model + " px count.";
            case Resize.Whole(Sides sides) ->
                "Resized to " + sides + " px, of which the middle " + model + " px count.";
        };
    }

    /** Into the bundle's {@code image}. */
    void write(ObjectNode image) {
        image.put("width", model.width())
                .put("height", model.height())
                .put("fit", resize instanceof Resize.Stretch ? "stretch" : "middle");
        switch (resize) {
            case Resize.Stretch _ -> {}
            case Resize.Shortest(int length) -> image.putObject("resize").put("shortestEdge", length);
            case Resize.Whole(Sides sides) ->
                image.putObject("resize").put("width", sides.width()).put("height", sides.height());
        }
        image.put(
                "resampling",
                switch (processor.path("resample").asInt(2)) {
                    case 1 -> "lanczos";
                    case 2 -> "bilinear";
                    case 3 -> "bicubic";
                    default ->
                        throw folder.refused("resizes pictures in a way (resample " + processor.path("resample")
                                + " in " + PROCESSOR + ") that this build does not; it knows 1, 2 and 3");
                });
        // (x * factor - offset - mean) / std, of x from 0 to 255; here (x / 255 - mean) / std.
        double factor = processor.path("do_rescale").asBoolean(true)
                ? processor.path("rescale_factor").asDouble(1 / 255.0)
                : 1;
        double offset = processor.path("rescale_offset").asBoolean(false) ? 1 : 0;
        boolean normalises = processor.path("do_normalize").asBoolean(true);
        var mean = image.putArray("mean");
        var std = image.putArray("std");
        for (int channel = 0; channel < 3; channel++) {
            double theirMean = normalises ? number("image_mean", channel) : 0;
            double theirStd = normalises ? number("image_std", channel) : 1;
            mean.add((offset + theirMean) / (255 * factor));
            std.add(theirStd / (255 * factor));
        }
    }

    private double number(String field, int channel) {
        JsonNode number = processor.path(field).path(channel);
        if (!number.isNumber()) {
            throw folder.refused("does not say in " + PROCESSOR + " what " + field + " is");
        }
        return number.asDouble();
    }
}
