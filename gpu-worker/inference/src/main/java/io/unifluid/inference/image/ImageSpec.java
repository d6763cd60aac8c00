package io.unifluid.inference.image;

import java.util.List;

/**
 * The picture a model takes: RGB, brought to width x height px, each channel (x / 255 - mean) / std.
 *
 * @param mean of red, green, blue
 * @param std of red, green, blue
 * @param preparation how it comes to its size
 */
public record ImageSpec(int width, int height, List<Float> mean, List<Float> std, Preparation preparation) {
    /** Stretched smoothly. */
    public ImageSpec(int width, int height, List<Float> mean, List<Float> std) {
        this(width, height, mean, std, new Preparation.Smooth());
    }

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
        switch (preparation) {
            case Preparation.Tiles tiles -> {
                if (width != height) {
                    throw new IllegalArgumentException("tiles must be square, not " + width + "x" + height);
                }
                tiles.check(width);
            }
            case Preparation.Padded padded -> {
                if (width != height) {
                    throw new IllegalArgumentException("padded pictures are square, not " + width + "x" + height);
                }
                padded.check(width);
            }
            case Preparation.Middle middle -> middle.check(width, height);
            case Preparation.Smooth _, Preparation.Levels _ -> {}
        }
    }
}
