package io.unifluid.inference;

/**
 * How a model is run.
 *
 * @param device where
 * @param intraOpThreads threads inside one operator, 0 for one per core
 * @param interOpThreads operators at once, 1 for the usual sequential execution
 */
public record ModelOptions(DeviceChoice device, int intraOpThreads, int interOpThreads) {
    public ModelOptions {
        if (intraOpThreads < 0 || intraOpThreads > 1024) {
            throw new IllegalArgumentException(
                    "The number of threads must be from 0 (one per core) to 1024, not " + intraOpThreads + ".");
        }
        if (interOpThreads < 1 || interOpThreads > 1024) {
            throw new IllegalArgumentException(
                    "The number of operators at once must be from 1 to 1024, not " + interOpThreads + ".");
        }
    }

    /** AUTO device, one thread per core, operators one after the other. */
    public static ModelOptions defaults() {
        return new ModelOptions(DeviceChoice.AUTO, 0, 1);
    }
}
