package io.unifluid.inference.hub;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** In which numbers a graph's weights are, by transformers.js' names, in the order in which one is taken if none is named. */
public enum Dtype {
    FP32(""),
    QUANTIZED("_quantized"),
    INT8("_int8"),
    UINT8("_uint8"),
    Q4("_q4"),
    FP16("_fp16"),
    Q4F16("_q4f16"),
    BNB4("_bnb4");

    private final String suffix;

    Dtype(String suffix) {
        this.suffix = suffix;
    }

    /** Stands between a graph's name and {@code .onnx}. */
    String suffix() {
        return suffix;
    }

    /** As people write it. */
    public String shown() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Dtype> parse(String name) {
        return Arrays.stream(values())
                .filter(dtype -> dtype.shown().equals(name))
                .findFirst();
    }

    static String all() {
        return Arrays.stream(values()).map(Dtype::shown).collect(Collectors.joining(", "));
    }
}
