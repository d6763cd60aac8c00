package io.unifluid.pdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.pdq.Pdq.Hashed;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers are those of the reference (ThreatExchange, pdq/java, PDQHasher) on the same pixels. */
class PdqTest {
    @ParameterizedTest
    @CsvSource({
        "64, 64, 1, 97822c7d7db4ff7ffadf0508025d72d37f205d2cc077b0f384b4878a93820528",
        "128, 128, 2, 7e827ced69fd77dd868a940a81d981df0b750b7d8ea2b6a39e221e8a9682b428",
        "129, 300, 3, 3dd739b931fdc288c28a477dcf5dcfdf6c657860e882f8a2d8a25a0a520af0a8",
        "640, 480, 4, 4a8a4ffdf024b55d975fb57db77db5dff5776020e082e0a2e0a2620a4a0ae0a8",
        "1024, 768, 5, 27df78a878a1db5dda5dd97ddb75dadfb8a7b822908292a6b8a22a0a1a0aa0a8",
        "1000, 37, 6, ac02fd5df5e5dd759f197d5d0a2e5d5d3da1ade12c02ddd708b23a0a0f1a0820",
        "512, 512, 7, de5fd6a8d5f55e2f5e5d7c285c275e08a4a6f4a296821682a4a67e0a3e1e94a1"
    })
    void isTheReferencesHashOnDrawnPictures(int width, int height, int seed, String hash) {
        assertThat(Pdq.of(drawn(width, height, seed), width, height))
                .isEqualTo(new Hashed(PdqHash.parse(hash).orElseThrow(), 100));
    }

    @ParameterizedTest
    @CsvSource({
        "scene-0001.png, 100, 60c75dbcb7188a43586775bce7888a49113925969ee6df2c611920c39ee6df3c",
        "scene-0004.png, 40, 9673c6c966cd29ac29b4d933d64b9643b593399c698c6d24c63692d392db692c",
        "scene-0005.png, 52, 91c64cc9ce1c336630e1cc199d8e20e7e6313b1eb9d9c4f907063b46e9f9ccb9",
        "scene-0006.png, 84, 6c5cd1a493bb2c5a6a5472c3a58bdc3cda342fc327c3d07cd03b2f850bc4d87a"
    })
    void isTheReferencesHashAndQualityOnTheSampleArchive(String file, int quality, String hash) throws IOException {
        var picture = ImageIO.read(Path.of("../../infra/sample-archive", file).toFile());

        assertThat(Pdq.of(luma(picture), picture.getWidth(), picture.getHeight()))
                .isEqualTo(new Hashed(PdqHash.parse(hash).orElseThrow(), quality));
    }

    @Test
    void aPlainPictureIsWorthNothing() {
        var plain = new float[300 * 200];
        java.util.Arrays.fill(plain, 128);

        assertThat(Pdq.of(plain, 300, 200).quality()).isZero();
        assertThat(Pdq.of(new float[1], 1, 1).usable()).isFalse();
        assertThat(Pdq.of(new float[3 * 500], 3, 500).usable()).isFalse();
    }

    @Test
    void readsAndWritesWhatOthersExchange() {
        var hex = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
        var bridge = PdqHash.parse(hex).orElseThrow();
        // Both and their distance as published with the reference: bridge-1-original and bridge-2-rotate-90.
        var turned = PdqHash.parse("30a10efd71cc3d429013d48d0ffffc52e34e0e17ada952a9d29685211ea9e5af")
                .orElseThrow();

        assertThat(bridge.hex()).isEqualTo(hex);
        assertThat(bridge.distance(turned)).isEqualTo(120);
        assertThat(PdqHash.parse(hex.substring(1))).isEmpty();
        assertThat(PdqHash.parse("x" + hex.substring(1))).isEmpty();
        assertThat(PdqHash.parse("+" + hex.substring(1))).isEmpty();
    }

    private static float[] drawn(int width, int height, int seed) {
        var luma = new float[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int u = x * 1000 / width;
                int v = y * 1000 / height;
                boolean inDisc = (u - 500) * (u - 500) + (v - 400) * (v - 400) < 60_000 + seed * 5_000;
                luma[y * width + x] = Pdq.luma(
                        (u * (3 + seed) / 4 + v * v / 1000 * seed) % 256,
                        inDisc ? 230 : (v * 2) % 256,
                        ((u / (50 + seed * 7)) + (v / (90 - seed * 5))) % 2 * 255);
            }
        }
        return luma;
    }

    static float[] luma(BufferedImage picture) {
        var luma = new float[picture.getWidth() * picture.getHeight()];
        for (int i = 0; i < luma.length; i++) {
            int rgb = picture.getRGB(i % picture.getWidth(), i / picture.getWidth());
            luma[i] = Pdq.luma((rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255);
        }
        return luma;
    }
}
