package io.unifluid.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BlobStoresTest {
    @Test
    void opensTheSameFolderAsPathAndAsUri(@TempDir Path folder) {
        try (BlobStore byPath = BlobStores.open(folder.toString());
                BlobStore byUri = BlobStores.open("file:" + folder);
                BlobStore byLongUri = BlobStores.open(folder.toUri().toString())) {
            BlobKey key = byPath.put(new byte[] {1, 2, 3});
            assertThat(byUri.get(key)).containsExactly(1, 2, 3);
            assertThat(byLongUri.get(key)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void opensS3() {
        try (BlobStore store =
                BlobStores.open("s3://bucket/a/b?endpoint=http://localhost:9000&region=eu-west-1&pathStyle=true")) {
            assertThat(store).hasToString("S3 blob store s3://bucket/a/b/");
        }
    }

    @Test
    void readsEveryPartOfAnS3Location() {
        assertThat(S3Settings.parse(
                        "s3://bucket/a/b?endpoint=http%3A%2F%2Fminio%3A9000&region=eu-west-1&pathStyle=false"))
                .isEqualTo(new S3Settings(
                        Optional.of(URI.create("http://minio:9000")),
                        "eu-west-1",
                        "bucket",
                        "a/b/",
                        false,
                        Optional.empty()));
        assertThat(S3Settings.parse("s3://bucket"))
                .isEqualTo(new S3Settings(Optional.empty(), "us-east-1", "bucket", "", false, Optional.empty()));
        assertThat(S3Settings.parse("s3://bucket?endpoint=http://minio:9000").pathStyle())
                .isTrue();
    }

    @Test
    void keepsTheSecretOutOfLogs() {
        assertThat(S3Settings.parse("s3://bucket").withCredentials(new S3Settings.Credentials("id", "hush")))
                .asString()
                .contains("id")
                .doesNotContain("hush");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "gs://bucket/x", "http://host/x", "file:relative", "file://host/x", "bl\0b"})
    void refusesWhatIsNoStore(String location) {
        assertThatThrownBy(() -> BlobStores.open(location))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + location + "' is not a blob store: write a folder such as /var/lib/unifluid/blobs or"
                        + " file:/var/lib/unifluid/blobs, or s3://bucket/prefix.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "s3:bucket | 's3:bucket' is not an S3 location: write s3://bucket/prefix?",
                "s3:// | An S3 location needs a region and a bucket name",
                "s3://b?regoin=x | 'regoin' in 's3://b?regoin=x' is not known: S3 locations take endpoint, region",
                "s3://b?region= | An S3 location needs a region",
                "s3://b?pathStyle=yes | pathStyle in 's3://b?pathStyle=yes' is 'yes': write true or false.",
                "s3://b?endpoint=minio:9000 | The endpoint 'minio:9000' in 's3://b?endpoint=minio:9000' is not a server"
            })
    void refusesABrokenS3Location(String location, String sentence) {
        assertThatThrownBy(() -> BlobStores.open(location))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(sentence);
    }
}
