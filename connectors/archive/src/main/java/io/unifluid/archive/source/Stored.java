package io.unifluid.archive.source;

import io.unifluid.archive.ItemException;
import io.unifluid.archive.LeftOut;
import io.unifluid.client.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A file on a disk or in a bucket. */
interface Stored {
    /** Below its source, parted by slashes; empty where the source is this one file. */
    String path();

    /** As a person would name it. */
    String name();

    OptionalLong size();

    /** All of it, up to what a worker takes. */
    byte[] load() throws ItemException, InterruptedException;

    /** From its beginning; the caller closes it. */
    InputStream open() throws IOException, InterruptedException;

    /** Where it can be read at any place of it: itself, or a copy that {@link #release} removes. */
    Path local() throws IOException, InterruptedException;

    /** Nothing more of it is wanted. */
    default void release() {}

    /** Whether it is meant as a picture. */
    boolean picture() throws IOException;

    /** Where a worker finds it. */
    Optional<String> uri();

    /** A file, or what is in the place of one. */
    sealed interface Entry {
        record Found(Stored file) implements Entry {}

        /** @param path of what cannot be read */
        record Failed(String path, Failure failure) implements Entry {}
    }

    /** Files in the order of their paths. */
    interface Listing extends AutoCloseable {
        /** Null at the end. */
        Entry next() throws InterruptedException;

        @Override
        void close();
    }

    /** Where files lie. */
    interface Tree {
        /** In words that are the same on every run. */
        String name();

        /** @param from paths before this one may be left out */
        Listing list(String from, LeftOut leftOut);
    }
}
