package io.unifluid.stack;

import java.util.List;

/** How a JVM's heap is kept; RATIONALE.md has what was measured. */
enum Collector {
    /**
     * Little memory of its own. The heap grows to its limit before what is old in it is collected; after that two fifths
     * of it may be free, where the JVM would keep seven tenths.
     */
    SERIAL("-XX:+UseSerialGC", "-XX:MinHeapFreeRatio=20", "-XX:MaxHeapFreeRatio=40"),
    /** For heaps whose limit is far above what they mostly need: they grow with the need, and shrink after it. */
    G1("-XX:+UseG1GC");

    private final List<String> options;

    Collector(String... options) {
        this.options = List.of(options);
    }

    List<String> options() {
        return options;
    }
}
