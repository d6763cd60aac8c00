package io.unifluid.inference.ort;

import java.util.Locale;

/** A graph that failed while running; says whether memory was what it lacked. */
public final class GraphFailure extends RuntimeException {
    private final boolean outOfMemory;

    public GraphFailure(String message, Throwable cause) {
        super(message, cause);
        this.outOfMemory = cause instanceof OutOfMemoryError || speaksOfMemory(String.valueOf(cause.getMessage()));
    }

    public boolean outOfMemory() {
        return outOfMemory;
    }

    /** ONNX Runtime has no error code for it, so its words must do. */
    private static boolean speaksOfMemory(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("allocate memory")
                || text.contains("out of memory")
                || text.contains("out_of_memory")
                || text.contains("available memory")
                || text.contains("bad_alloc")
                || text.contains("bad allocation");
    }
}
