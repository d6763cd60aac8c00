package io.unifluid.inference.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.Fixtures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The middle is that of the whole resized picture, pixel for pixel; Levels are compared with Pillow elsewhere. */
class MiddleTest {
    private static final List<Float> ZERO = List.of(0f, 0f, 0f);
    private static final List<Float> ONE = List.of(1f, 1f, 1f);

    private static ImageTensor decoded(byte[] picture, int width, int height, Preparation preparation)
            throws Exception {
        try (var decoder =
                new ImageDecoder(new ImageSpec(width, height, ZERO, ONE, preparation), DecodeLimits.defaults())) {
            return decoder.decode(picture);
        }
    }

    private static byte[] picture(int width, int height) throws IOException {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (x * 37 + y * 11) % 256 << 16 | (x * 5 + y * 71) % 256 << 8 | (x ^ y) % 256);
            }
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static void isTheMiddle(byte[] picture, Preparation.Target target, int width, int height) throws Exception {
        ImageTensor part = decoded(picture, width, height, new Preparation.Middle(Filter.BICUBIC, target));
        Preparation.Size size = target.of(part.originalWidth(), part.originalHeight());
        ImageTensor whole = decoded(picture, size.width(), size.height(), new Preparation.Levels(Filter.BICUBIC));
        int left = (size.width() - width) / 2;
        int top = (size.height() - height) / 2;
        for (int plane = 0; plane < 3; plane++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    assertThat(part.values()[(plane * height + y) * width + x])
                            .isEqualTo(whole.values()[(plane * size.height() + top + y) * size.width() + left + x]);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"33,20", "20,33", "16,16", "7,5", "301,40", "40,301", "250,2", "2,250"})
    void ofAnyShape(int width, int height) throws Exception {
        isTheMiddle(picture(width, height), new Preparation.ShortestEdge(19), 16, 12);
        isTheMiddle(picture(width, height), new Preparation.Size(21, 18), 16, 13);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8"})
    void howeverItIsTurned(int exif) throws Exception {
        isTheMiddle(Fixtures.picture("orientation-" + exif + ".jpg"), new Preparation.ShortestEdge(19), 15, 12);
        // Neither side is cut evenly, so that a wrong turn shows.
        isTheMiddle(Fixtures.picture("orientation-" + exif + ".jpg"), new Preparation.Size(20, 19), 15, 12);
    }

    @Test
    void ofAPictureOfOneColumnAndTwentyThousandRows() throws Exception {
        ImageTensor part = decoded(
                picture(1, 20_000), 24, 24, new Preparation.Middle(Filter.BILINEAR, new Preparation.ShortestEdge(256)));
        assertThat(part.values()).hasSize(3 * 24 * 24);
    }

    @Test
    void aMiddleThatIsLargerThanThePictureIsRefused() {
        assertThatThrownBy(() -> new ImageSpec(
                        24, 24, ZERO, ONE, new Preparation.Middle(Filter.BILINEAR, new Preparation.ShortestEdge(23))))
                .hasMessageContaining("no middle of 24x24");
    }
}
