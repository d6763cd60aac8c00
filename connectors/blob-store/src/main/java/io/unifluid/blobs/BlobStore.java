package io.unifluid.blobs;

import java.time.Instant;
import java.util.stream.Stream;

/**
 * A place for bytes, addressed by their content. Safe for use by many threads and many processes at once. Constructors
 * do no input or output; {@link #check()} tells whether the store would work.
 *
 * <p>Every method throws {@link BlobStoreException} when the store itself cannot answer; trying again later may help.
 */
public interface BlobStore extends AutoCloseable {
    /**
     * Stores the bytes, durably and atomically: a reader sees all of them or none, also after a crash. Putting the same
     * bytes again changes nothing but the age of the blob, and repairs it if it was damaged.
     *
     * @return the key under which any process can read them
     */
    BlobKey put(byte[] bytes);

    /**
     * The bytes of the blob; their hash has been compared with the key.
     *
     * @throws BlobNotFoundException if there is no such blob
     * @throws BlobCorruptException if the stored bytes are not those that were put
     */
    byte[] get(BlobKey key);

    /**
     * As {@link #get(BlobKey)}, for readers that bound their memory. The stores of this package look at the size before
     * they read.
     *
     * @throws BlobTooLargeException if the blob has more than {@code maxBytes} bytes
     */
    default byte[] get(BlobKey key, long maxBytes) {
        byte[] bytes = get(key);
        if (bytes.length > maxBytes) {
            throw new BlobTooLargeException(key, bytes.length, maxBytes);
        }
        return bytes;
    }

    boolean exists(BlobKey key);

    /** Removes the blob; one that does not exist is already removed. */
    void delete(BlobKey key);

    /**
     * Removes the blob unless it was put, or put again, at that instant or later; the age is looked at immediately
     * before. For collectors of what nobody needs any more, whose list is old when they come to its end.
     *
     * @return whether it was removed
     */
    boolean deleteIfOlder(BlobKey key, Instant than);

    /**
     * All blobs in no particular order, read lazily; objects that are not blobs are left out. Blobs that come or go
     * meanwhile may or may not be seen.
     */
    Stream<BlobEntry> list();

    /** Would this store work now? Never throws; takes at most one small write, read and delete. */
    StoreCheck check();

    @Override
    void close();
}
