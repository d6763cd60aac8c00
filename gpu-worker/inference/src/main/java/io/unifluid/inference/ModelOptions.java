package io.unifluid.inference;

/**
 * How a model is run.
 *
 * @param device where
 * @param callers runs at once, each with a batch of its own; 0 for as many as pay on the device
 * @param intraOpThreads threads inside one operator, 0 for a caller's share of the cores
 * @param interOpThreads operators at once, 1 for the usual sequential execution
 * @param precision of the numbers that are multiplied
 */
public record ModelOptions(
        DeviceChoice device, int callers, int intraOpThreads, int interOpThreads, Precision precision) {
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

    /** AUTO precision. */
    public ModelOptions(DeviceChoice device, int callers, int intraOpThreads, int interOpThreads) {
        this(device, callers, intraOpThreads, interOpThreads, Precision.AUTO);
    }

    public ModelOptions with(Precision other) {
        return new ModelOptions(device, callers, intraOpThreads, interOpThreads, other);
    }

    /** AUTO device and precision, as many callers as pay with the cores shared among them, operators one after the other. */
    public static ModelOptions defaults() {
        return new ModelOptions(DeviceChoice.AUTO, 0, 0, 1);
    }
}
