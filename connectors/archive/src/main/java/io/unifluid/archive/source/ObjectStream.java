package io.unifluid.archive.source;

import io.unifluid.archive.ItemException;
import io.unifluid.blobs.S3Access;
import io.unifluid.client.Failure;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of an object from its beginning. Where the connection breaks or falls silent, they go on from there, so that a
 * break is not taken for a damaged archive; an object that has changed meanwhile is an error.
 */
final class ObjectStream extends InputStream {
    private static final int BREAKS_IN_A_ROW = 5;

    private final S3Client client;
    private final String bucket;
    private final String key;
    private ResponseInputStream<GetObjectResponse> in;
    private String version;
    private long size;
    private long at;

    /**
     * @throws IOException where it is refused
     * @throws EnvironmentProblem where there is no answer for minutes
     */
    ObjectStream(S3Client client, String bucket, String key) throws IOException {
        this.client = client;
        this.bucket = bucket;
        this.key = key;
        connect();
        version = in.response().eTag();
        size = in.response().contentLength();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        for (int breaks = 0; ; breaks++) {
            IOException broken;
            try {
                int count = in.read(bytes, from, length);
                if (count >= 0) {
                    at += count;
                    return count;
                }
                if (at >= size) {
                    return -1;
                }
                broken = new EOFException("the connection ended after " + at + " of " + size + " bytes");
            } catch (IOException e) {
                broken = e;
            }
            if (breaks == BREAKS_IN_A_ROW) {
                throw broken;
            }
            in.abort();
            connect();
        }
    }

    private void connect() throws IOException {
        try {
            in = Patience.ofTheRun(() -> {
                try {
                    return client.getObject(request -> {
                        request.bucket(bucket).key(key);
                        if (at > 0) {
                            request.range("bytes=" + at + "-").ifMatch(version);
                        }
                    });
                } catch (SdkException e) {
                    var failure = new Failure(
                            Failure.UNREADABLE,
                            "s3://" + bucket + "/" + key + " cannot be read (" + S3Access.reason(e)
                                    + "): run the same command again once it answers.");
                    if (S3Access.refused(e)) {
                        throw new ItemException(failure, e);
                    }
                    throw new Patience.Passing(failure, e);
                }
            });
        } catch (ItemException e) {
            if (e.getCause() instanceof SdkException refusal) {
                throw new IOException(S3Access.reason(refusal), e);
            }
            throw new EnvironmentProblem(e.failure().message(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("it was interrupted");
        }
    }

    @Override
    public void close() {
        in.abort(); // the rest is not wanted
    }
}
