package io.unifluid.blobs.fetch;

import static io.unifluid.blobs.fetch.Refusals.badInput;
import static io.unifluid.blobs.fetch.Refusals.passing;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.blobs.FileSystemBlobStore;
import io.unifluid.blobs.S3Server;
import io.unifluid.blobs.S3Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

final class S3PicturesTest {
    private static final byte[] PICTURE = {1, 2, 3, 4};
    private static final FetchSettings SETTINGS =
            new FetchSettings(List.of(), Set.of(), false, 100, Duration.ofSeconds(20));

    @TempDir
    private Path folder;

    private S3Settings bucket;
    private ImageFetcher fetcher;

    @BeforeEach
    void open() {
        bucket = S3Server.shared().newBucket();
        fetcher = new ImageFetcher(SETTINGS, new FileSystemBlobStore(folder), List.of(bucket));
    }

    @AfterEach
    void close() {
        fetcher.close();
    }

    private ImageLocation object(String key, byte[] bytes) {
        try (S3Client client = S3Server.client(bucket)) {
            client.putObject(request -> request.bucket(bucket.bucket()).key(key), RequestBody.fromBytes(bytes));
        }
        return at(key);
    }

    private ImageLocation at(String key) {
        return ImageLocation.ofUri("s3://" + bucket.bucket() + "/" + key);
    }

    @Test
    void readsObjectsUnderTheConfiguredPrefix() {
        assertThat(fetcher.fetch(object("some/prefix/a b+ü%20.png", PICTURE))).isEqualTo(PICTURE);
        assertThat(fetcher.fetch(object("some/prefix/full.png", new byte[100]))).hasSize(100);
    }

    @Test
    void refusesObjectsElsewhere() {
        badInput(fetcher, object("other/a.png", PICTURE))
                .isEqualTo("The picture s3://" + bucket.bucket()
                        + "/other/a.png lies in no bucket that this worker may read: add s3://" + bucket.bucket()
                        + " to UNIFLUID_FETCH_BUCKETS.");
        badInput(fetcher, ImageLocation.ofUri("s3://foreign/a.png")).contains("add s3://foreign to");
    }

    @Test
    void refusesMissingAndLargeObjects() {
        badInput(fetcher, at("some/prefix/missing.png"))
                .isEqualTo("There is no picture s3://" + bucket.bucket()
                        + "/some/prefix/missing.png (NoSuchKey, HTTP 404).");
        badInput(fetcher, object("some/prefix/large.png", new byte[101])).contains("is larger than 100 bytes");
    }

    @Test
    void refusesUrisThatNameNoObject() {
        for (String uri : List.of("s3:", "s3://", "s3://bucket", "s3://bucket/", "s3:///key")) {
            badInput(fetcher, ImageLocation.ofUri(uri)).endsWith("is not an S3 object: write s3://bucket/key.");
        }
    }

    @Test
    void triesAgainWhenNobodyAnswers() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        S3Settings down = S3Server.settings(closed, "down");
        try (ImageFetcher outage = new ImageFetcher(SETTINGS, new FileSystemBlobStore(folder), List.of(down))) {
            passing(outage, ImageLocation.ofUri("s3://down/some/prefix/a.png"))
                    .isEqualTo("S3 did not deliver the picture s3://down/some/prefix/a.png (Connection refused).");
        }
    }
}
