package io.unifluid.archive.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.archive.Items;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Selection;
import io.unifluid.blobs.S3Settings;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** S3 that is overloaded, slow, breaks off or does not know us. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FaultyBucketTest {
    private final FaultyBucket bucket = new FaultyBucket();

    @AfterEach
    void stop() {
        bucket.close();
    }

    private static byte[] picture(int number, int size) {
        var bytes = new byte[size];
        var head = ("\u0089PNG\r\n\u001a\n" + number).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, bytes, 0, head.length);
        return bytes;
    }

    private static byte[] tar(int members) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(out)) {
            for (int i = 0; i < members; i++) {
                var bytes = picture(i, 3_000);
                var entry = new TarArchiveEntry(i + ".png");
                entry.setSize(bytes.length);
                tar.putArchiveEntry(entry);
                tar.write(bytes);
                tar.closeArchiveEntry();
            }
        }
        return out.toByteArray();
    }

    private List<Items.Seen> seen() throws Exception {
        var archive = Archives.of(
                List.of(bucket.location()),
                Selection.PICTURES,
                false,
                Optional.of(new S3Settings.Credentials("someone", "secret")));
        return Items.of(archive, Position.START, new LeftOut());
    }

    @Test
    void oneThatIsOverloadedForAWhileIsReadWhole() throws Exception {
        bucket.put("a.png", picture(1, 100));
        bucket.put("b.tar", tar(5));
        bucket.put("c.png", picture(2, 100));
        bucket.unavailable(6); // more than its client tries by itself
        assertThat(Items.members(seen()))
                .containsExactly("a.png", "0.png", "1.png", "2.png", "3.png", "4.png", "c.png");
        bucket.unavailable(5);
        var again = seen();
        assertThat(Items.broken(again)).isEmpty();
        assertThat(again).hasSize(7);
    }

    @Test
    void aShardWhoseConnectionBreaksGoesOnWhereItWas() throws Exception {
        bucket.put("shard.tar", tar(40));
        bucket.breaks(3);
        var seen = seen();
        assertThat(Items.broken(seen)).isEmpty();
        assertThat(seen).hasSize(40);
        assertThat(bucket.asked()).isEqualTo(1 + 4);
    }

    @Test
    void aSlowOneIsReadWhole() throws Exception {
        bucket.put("a.png", picture(1, 40_000));
        bucket.put("b.tar", tar(10));
        bucket.slow();
        var seen = seen();
        assertThat(Items.broken(seen)).isEmpty();
        assertThat(seen).hasSize(11);
    }

    @Test
    void wrongCredentialsEndTheReadingWithASentence() {
        bucket.put("a.png", picture(1, 100));
        bucket.deny();
        assertThatThrownBy(this::seen)
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessage("s3://bucket/ cannot be listed (InvalidAccessKeyId, HTTP 403): check the bucket's name and"
                        + " region, and the credentials in the environment.");
    }
}
