package io.unifluid.inference;

/**
 * How a model is run.
 *
 * @param device where
 * @param callers runs at once, each with a batch of its own; 0 for as many as pay on the device
 * @param intraOpThreads threads inside one operator, 0 for a caller's share of the cores
 * @param interOpThreads operators at once, 1 for the usual sequential execution
 * @param precision of the numbers that are multiplied
 * @param textLoop how texts are written where the bundle has a graph for that too
 */
public record ModelOptions(
        DeviceChoice device,
        int callers,
        int intraOpThreads,
        int interOpThreads,
        Precision precision,
        TextLoop textLoop) {
    public ModelOptions {
        if (callers < 0 || callers > 1024) {
            throw new IllegalArgumentException(
                    "The number of runs at once must be from 0 (as many as pay) to 1024, not " + callers + ".");
        }
        if (intraOpThreads < 0 || intraOpThreads > 1024) {
            throw new IllegalArgumentException(
                    "The number of threads must be from 0 (a caller's share of the cores) to 1024, not "
                            + intraOpThreads + ".");
        }
        if (interOpThreads < 1 || interOpThreads > 1024) {
            throw new IllegalArgumentException(
                    "The number of operators at once must be from 1 to 1024, not " + interOpThreads + ".");
        }
    }

    /** AUTO precision and loop. */
    public ModelOptions(DeviceChoice device, int callers, int intraOpThreads, int interOpThreads) {
        this(device, callers, intraOpThreads, interOpThreads, Precision.AUTO, TextLoop.AUTO);
    }

    public ModelOptions with(Precision other) {
        return new ModelOptions(device, callers, intraOpThreads, interOpThreads, other, textLoop);
    }

    public ModelOptions with(TextLoop other) {
        return new ModelOptions(device, callers, intraOpThreads, interOpThreads, precision, other);
    }

    /** AUTO device, precision and loop, as many callers as pay with the cores shared among them, operators one after the other. */
    public static ModelOptions defaults() {
        return new ModelOptions(DeviceChoice.AUTO, 0, 0, 1);
    }
}
