package io.unifluid.inference.image;

import java.util.List;

/**
 * The picture a model takes: RGB, stretched to width x height px, each channel (x / 255 - mean) / std.
 *
 * @param mean of red, green, blue
 * @param std of red, green, blue
 */
public record ImageSpec(int width, int height, List<Float> mean, List<Float> std) {
    public ImageSpec {
        if (width < 1 || height < 1 || width > 8192 || height > 8192) {
            throw new IllegalArgumentException(
                    "image size must be from 1 to 8192 px a side, not " + width + "x" + height);
        }
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException("image mean and std need three numbers each, and std above 0");
        }
    }
}
