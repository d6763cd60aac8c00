package io.unifluid.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.image.BadImageException;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.testkit.HostilePicture;
import io.unifluid.testkit.HostilePictures;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a picture is, it is decoded or refused with a sentence, and nothing else: {@code -Dunifluid.mutants=N} and
 * {@code -Dunifluid.mutants.seed=N} for more mutants, or others.
 */
class HostilePicturesTest {
    private static final List<Float> ZERO = List.of(0f, 0f, 0f);
    private static final ImageSpec SPEC = new ImageSpec(64, 64, ZERO, List.of(1f, 1f, 1f));

    /** What a decoder says of its own accord: no user can act on it. */
    private static final String[] NOT_FOR_USERS = {"java", "Exception", "Error", "null", "javax", "Index", "\n"};

    private final ImageDecoder decoder =
            new ImageDecoder(SPEC, new DecodeLimits(40_000_000, 20 << 20, Duration.ofSeconds(5), 256L << 20));

    @AfterEach
    void close() {
        decoder.close();
    }

    @Test
    void damagedPicturesAreDecodedOrRefused() throws Exception {
        long seed = Long.getLong("unifluid.mutants.seed", 1);
        int count = Integer.getInteger("unifluid.mutants", 600);
        int decoded = 0;
        for (HostilePicture picture :
                (Iterable<HostilePicture>) HostilePictures.mutants(seed).limit(count)::iterator) {
            decoded += decodes(picture) ? 1 : 0;
        }
        assertThat(decoded).as("of %d mutants", count).isBetween(count / 10, count * 9 / 10);
        assertThatNobodyWorksOn();
    }

    static Stream<HostilePicture> bombs() {
        return HostilePictures.bombs().stream();
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void bombsAreDecodedOrRefused(HostilePicture bomb) throws Exception {
        decodes(bomb);
        assertThatNobodyWorksOn();
    }

    private boolean decodes(HostilePicture picture) throws InterruptedException {
        try {
            ImageTensor tensor = decoder.decode(picture.bytes());
            assertThat(tensor.values()).as("%s", picture).hasSize(3 * 64 * 64);
            return true;
        } catch (BadImageException refusal) {
            assertThat(refusal.getMessage())
                    .as("%s", picture)
                    .endsWith(".")
                    .doesNotContain(NOT_FOR_USERS)
                    .hasSizeLessThan(300);
            return false;
        }
    }

    /** Decoder threads wait for the next picture. */
    private static void assertThatNobodyWorksOn() {
        assertThat(Thread.getAllStackTraces().entrySet().stream()
                        .filter(thread -> thread.getKey().getName().startsWith("image-decoder-"))
                        .filter(thread -> Stream.of(thread.getValue())
                                .anyMatch(frame -> frame.getClassName().contains("imageio")
                                        || frame.getClassName().contains("inference.image")))
                        .map(thread -> thread.getKey().getName()))
                .isEmpty();
    }
}
