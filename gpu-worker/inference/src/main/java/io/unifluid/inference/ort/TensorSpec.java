package io.unifluid.inference.ort;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a graph takes or gives under one name.
 *
 * @param axes length of each axis, {@link #ANY} where it varies; empty for a single number
 */
public record TensorSpec(Element element, List<Long> axes) {
    /** As ONNX Runtime says it of an axis that has no length of its own, such as that of the batch. */
    public static final long ANY = -1;

    /** What its numbers are. */
    public enum Element {
        FLOAT("32-bit floats"),
        HALF("16-bit floats"),
        LONG("64-bit integers"),
        FLAG("truth values"),
        OTHER("numbers of a kind that is not read here");

        private final String words;

        Element(String words) {
            this.words = words;
        }
    }

    public TensorSpec {
        axes = List.copyOf(axes);
    }

    public static TensorSpec floats(long... axes) {
        return new TensorSpec(Element.FLOAT, Arrays.stream(axes).boxed().toList());
    }

    public static TensorSpec longs(long... axes) {
        return new TensorSpec(Element.LONG, Arrays.stream(axes).boxed().toList());
    }

    /** Whether one tensor can be both; an axis of any length is no contradiction. */
    public boolean fits(TensorSpec other) {
        if (element != other.element || axes.size() != other.axes.size()) {
            return false;
        }
        for (int i = 0; i < axes.size(); i++) {
            long length = axes.get(i);
            long theirs = other.axes.get(i);
            if (length != ANY && theirs != ANY && length != theirs) {
                return false;
            }
        }
        return true;
    }

    /** For sentences, for example {@code 32-bit floats [any, 3, 64, 64]}. */
    @Override
    public String toString() {
        return element.words
                + axes.stream()
                        .map(length -> length == ANY ? "any" : String.valueOf(length))
                        .collect(Collectors.joining(", ", " [", "]"));
    }
}
