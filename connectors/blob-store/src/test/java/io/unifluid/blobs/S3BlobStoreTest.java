package io.unifluid.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

final class S3BlobStoreTest extends BlobStoreContract {
    private S3Settings settings;

    /** With two blobs a page, so that every listing turns pages. */
    @Override
    BlobStore openEmpty() {
        settings = S3Server.shared().newBucket();
        return new S3BlobStore(settings, 2);
    }

    @Override
    void damage(BlobKey key, byte[] otherBytes) {
        write("some/prefix/sha256/" + key.sha256Hex(), otherBytes);
    }

    @Override
    void addStranger() {
        write("some/prefix/sha256/notes.txt", bytes("not a blob"));
        write("elsewhere", bytes("not a blob"));
    }

    private void write(String key, byte[] content) {
        try (S3Client client = S3Server.client(settings)) {
            client.putObject(request -> request.bucket(settings.bucket()).key(key), RequestBody.fromBytes(content));
        }
    }

    @Test
    void saysThatTheBucketIsMissing() {
        try (BlobStore store = new S3BlobStore(S3Server.shared().settings("no-such-bucket"))) {
            assertThatThrownBy(() -> store.put(bytes("x")))
                    .isInstanceOf(BlobStoreException.class)
                    .hasMessage("Could not store 1 bytes in S3 blob store s3://no-such-bucket/some/prefix/"
                            + " (NoSuchBucket, HTTP 404): check bucket, endpoint and credentials, and try again.");
            assertThatThrownBy(() -> store.get(BlobKey.of(bytes("x")))).isInstanceOf(BlobStoreException.class);
            assertThatThrownBy(() -> store.list().toList()).isInstanceOf(BlobStoreException.class);
            assertThat(store.check())
                    .isEqualTo(new StoreCheck(
                            false,
                            "The S3 blob store s3://no-such-bucket/some/prefix/ is not writable"
                                    + " (NoSuchBucket, HTTP 404): check that the bucket exists, the endpoint answers"
                                    + " and the credentials may write."));
        }
    }

    @Test
    void saysThatNobodyAnswers() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (BlobStore store = new S3BlobStore(S3Server.settings(closed, "blobs"))) {
            assertThatThrownBy(() -> store.get(BlobKey.of(bytes("x"))))
                    .isInstanceOf(BlobStoreException.class)
                    .hasMessageContaining("in S3 blob store s3://blobs/some/prefix/ (Connection refused)");
        }
    }
}
