package io.unifluid.blobs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Blobs as objects {@code <prefix>sha256/<hex>} in a bucket that already exists. S3 makes a put visible at once and as a
 * whole, which is all that the contract needs.
 */
public final class S3BlobStore implements BlobStore {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
    /** What S3 lists in one answer at most. */
    private static final int LARGEST_PAGE = 1000;

    private final S3Settings settings;
    private final String folder;
    private final S3Client client;
    private final int pageSize;

    public S3BlobStore(S3Settings settings) {
        this(settings, LARGEST_PAGE);
    }

    S3BlobStore(S3Settings settings, int pageSize) {
        this.pageSize = pageSize;
        this.settings = settings;
        this.folder = settings.prefix() + "sha256/";
        this.client = S3Access.client(settings, CALL_TIMEOUT);
    }

    @Override
    public BlobKey put(byte[] bytes) {
        BlobKey key = BlobKey.of(bytes);
        try {
            write(name(key), bytes);
            return key;
        } catch (SdkException e) {
            throw failed("store " + bytes.length + " bytes", e);
        }
    }

    @Override
    public byte[] get(BlobKey key) {
        return get(key, Integer.MAX_VALUE - 8);
    }

    @Override
    public byte[] get(BlobKey key, long maxBytes) {
        byte[] bytes;
        try {
            bytes = S3Access.read(client, settings.bucket(), name(key), maxBytes);
        } catch (NoSuchKeyException e) {
            throw new BlobNotFoundException(key, toString());
        } catch (S3Access.TooLarge e) {
            throw new BlobTooLargeException(key, e.size(), maxBytes);
        } catch (SdkException | IOException e) {
            throw failed("read blob " + key.sha256Hex(), e);
        }
        if (!BlobKey.of(bytes).equals(key)) {
            throw new BlobCorruptException(key, toString(), bytes);
        }
        return bytes;
    }

    @Override
    public boolean exists(BlobKey key) {
        try {
            client.headObject(request -> request.bucket(settings.bucket()).key(name(key)));
            return true;
        } catch (NoSuchKeyException e) {
            return false;
        } catch (SdkException e) {
            throw failed("look for blob " + key.sha256Hex(), e);
        }
    }

    @Override
    public void delete(BlobKey key) {
        try {
            remove(name(key));
        } catch (SdkException e) {
            throw failed("remove blob " + key.sha256Hex(), e);
        }
    }

    @Override
    public boolean deleteIfOlder(BlobKey key, Instant than) {
        try {
            // Listed, since the header of an object has whole seconds where a listing has more.
            var listed = client.listObjectsV2(request ->
                    request.bucket(settings.bucket()).prefix(name(key)).maxKeys(1));
            boolean older = listed.contents().stream()
                    .anyMatch(object -> object.lastModified().isBefore(than));
            if (older) {
                remove(name(key));
            }
            return older;
        } catch (SdkException e) {
            throw failed("remove blob " + key.sha256Hex(), e);
        }
    }

    @Override
    public Stream<BlobEntry> list() {
        return Stream.iterate(
                        page(null),
                        Objects::nonNull,
                        page -> Boolean.TRUE.equals(page.isTruncated()) ? page(page.nextContinuationToken()) : null)
                .flatMap(page -> page.contents().stream())
                .flatMap(this::entry);
    }

    @Override
    public StoreCheck check() {
        String probe = settings.prefix() + "check-" + UUID.randomUUID();
        try {
            write(probe, new byte[] {1});
            remove(probe);
            return StoreCheck.works("The " + this + " is writable.");
        } catch (SdkException e) {
            return StoreCheck.fails("The " + this + " is not writable (" + S3Access.reason(e)
                    + "): check that the bucket exists, the endpoint answers and the credentials may write.");
        }
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "S3 blob store " + settings.place();
    }

    private void write(String name, byte[] bytes) {
        client.putObject(
                request -> request.bucket(settings.bucket()).key(name),
                RequestBody.fromContentProvider(
                        () -> new ByteArrayInputStream(bytes), bytes.length, "application/octet-stream"));
    }

    private void remove(String name) {
        client.deleteObject(request -> request.bucket(settings.bucket()).key(name));
    }

    private ListObjectsV2Response page(String continuation) {
        try {
            return client.listObjectsV2(request -> request.bucket(settings.bucket())
                    .prefix(folder)
                    .continuationToken(continuation)
                    .maxKeys(pageSize));
        } catch (SdkException e) {
            throw failed("list the blobs", e);
        }
    }

    private Stream<BlobEntry> entry(S3Object object) {
        try {
            BlobKey key = new BlobKey(object.key().substring(folder.length()));
            return Stream.of(new BlobEntry(key, object.size(), object.lastModified()));
        } catch (IllegalArgumentException e) {
            return Stream.empty(); // a stranger's object
        }
    }

    private String name(BlobKey key) {
        return folder + key.sha256Hex();
    }

    private BlobStoreException failed(String what, Exception e) {
        return new BlobStoreException(
                "Could not " + what + " in " + this + " (" + S3Access.reason(e)
                        + "): check bucket, endpoint and credentials, and try again.",
                e);
    }
}
