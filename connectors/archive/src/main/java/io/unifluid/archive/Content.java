package io.unifluid.archive;

import io.unifluid.client.Failure;

/** What an item has to offer. */
public sealed interface Content {
    /**
     * Bytes that can be read.
     *
     * @param lasting whether they can be read at any time and from any thread; else only until the next item is asked for
     */
    record Bytes(Loader loader, boolean lasting) implements Content {}

    /** A place from which a worker fetches them itself. */
    record Remote(String uri) implements Content {}

    /** The item, or the rest of its shard, cannot be read. */
    record Broken(Failure failure) implements Content {}

    /** Reads the bytes of one picture. */
    @FunctionalInterface
    interface Loader {
        /** @throws ItemException when this one picture cannot be read */
        byte[] load() throws ItemException, InterruptedException;
    }
}
