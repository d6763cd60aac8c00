package io.unifluid.inference.ort;

/**
 * Where graphs run.
 *
 * @param reason why there, one sentence
 */
public record Device(Kind kind, String reason) {
    /** What differs between devices is asked of the kind, so that a new one is a compile error wherever that is. */
    public enum Kind {
        CPU("cpu"),
        CUDA("cuda:0");

        private final String deviceName;

        Kind(String deviceName) {
            this.deviceName = deviceName;
        }
    }

    /** As outcomes, metrics and logs have it: "cpu" or "cuda:0". */
    public String name() {
        return kind.deviceName;
    }
}
