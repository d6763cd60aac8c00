package io.unifluid.stack;

/** How a JVM's heap is kept; RATIONALE.md has what was measured. */
enum Collector {
    /** Little memory of its own. The heap grows to its limit before what is old in it is looked at, and stays there. */
    SERIAL("-XX:+UseSerialGC"),
    /** For heaps whose limit is far above what they mostly need: they grow with the need, and shrink after it. */
    G1("-XX:+UseG1GC");

    private final String option;

    Collector(String option) {
        this.option = option;
    }

    String option() {
        return option;
    }
}
