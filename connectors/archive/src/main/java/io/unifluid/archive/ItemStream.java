package io.unifluid.archive;

import io.unifluid.schemas.access.EnvironmentProblem;

/** Items in the order of their positions. Not thread-safe. */
public interface ItemStream extends AutoCloseable {
    /**
     * The next item, or null at the end. An item's fault is in the item.
     *
     * @throws EnvironmentProblem when nothing more can be read, for example since credentials are wrong
     */
    Item next() throws InterruptedException;

    @Override
    void close();
}
