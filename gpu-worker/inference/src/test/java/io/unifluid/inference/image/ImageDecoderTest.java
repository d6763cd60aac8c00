package io.unifluid.inference.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.inference.Fixtures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    /** Values are x / 255, so that colours read as shares. */
    private static final ImageSpec EIGHT = new ImageSpec(8, 8, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

    private final ImageDecoder decoder = new ImageDecoder(EIGHT, DecodeLimits.defaults());

    private final ImageDecoder wide =
            new ImageDecoder(EIGHT, new DecodeLimits(40_000_000, 200_000_000, Duration.ofSeconds(60)));

    @AfterEach
    void close() {
        wide.close();
        decoder.close();
    }

    /** Nearest named colour of a pixel: R, G, B, W, K, or ? where none is near. */
    private static char colour(ImageTensor image, int x, int y) {
        int area = image.width() * image.height();
        StringBuilder bits = new StringBuilder();
        for (int channel = 0; channel < 3; channel++) {
            float value = image.values()[channel * area + y * image.width() + x];
            bits.append(value > 0.75 ? '1' : value < 0.25 ? '0' : '-');
        }
        return switch (bits.toString()) {
            case "100" -> 'R';
            case "010" -> 'G';
            case "001" -> 'B';
            case "111" -> 'W';
            case "000" -> 'K';
            default -> '?';
        };
    }

    private static String quarters(ImageTensor image) {
        return "" + colour(image, 1, 1) + colour(image, 6, 1) + colour(image, 1, 6) + colour(image, 6, 6);
    }

    private void refused(byte[] bytes, String message) {
        assertThatThrownBy(() -> decoder.decode(bytes))
                .isInstanceOf(BadImageException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.jpg",
                "progressive.jpg",
                "cmyk.jpg",
                "plain.webp",
                "lossy.webp",
                "plain.tiff",
                "lzw.tiff",
                "plain.bmp",
                "palette.png",
                "animated.gif",
                "animated.webp"
            })
    void decodesEveryFormatAlike(String file) throws Exception {
        ImageTensor image = decoder.decode(Fixtures.picture(file));

        assertThat(quarters(image)).isEqualTo("RBRB");
        assertThat(image.originalWidth()).isEqualTo(32);
        assertThat(image.originalHeight()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({
        "orientation-1.jpg,RBGW,32", "orientation-2.jpg,BRWG,32", "orientation-3.jpg,WGBR,32",
        "orientation-4.jpg,GWRB,32", "orientation-5.jpg,RGBW,16", "orientation-6.jpg,GRWB,16",
        "orientation-7.jpg,WBGR,16", "orientation-8.jpg,BWRG,16", "orientation-6.png,GRWB,16",
        "orientation-6.webp,GRWB,16"
    })
    void turnsPicturesAsAViewerDoes(String file, String quarters, int width) throws Exception {
        ImageTensor image = decoder.decode(Fixtures.picture(file));

        assertThat(quarters(image)).isEqualTo(quarters);
        assertThat(image.originalWidth()).isEqualTo(width);
    }

    @ParameterizedTest
    @ValueSource(strings = {"half-transparent.png", "half-transparent.webp"})
    void putsTransparentPartsOnWhite(String file) throws Exception {
        assertThat(quarters(decoder.decode(Fixtures.picture(file)))).isEqualTo("RWRW");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grey16.png", "grey.jpg"})
    void keepsGreyValuesAsStored(String file) throws Exception {
        ImageTensor image = decoder.decode(Fixtures.picture(file));

        assertThat(image.values()[0]).isCloseTo(0f, within(0.02f));
        assertThat(image.values()[7]).isCloseTo(0.5f, within(0.02f));
    }

    @Test
    void keepsGreyValuesBesideTransparency() throws Exception {
        ImageTensor image = decoder.decode(Fixtures.picture("grey-alpha.png"));

        assertThat(image.values()[0]).isCloseTo(0.5f, within(0.02f));
    }

    @Test
    void passesAPictureOfTheRightSizeUnchangedAndNormalised() throws Exception {
        BufferedImage picture = noise(8, 8);
        ImageSpec spec = new ImageSpec(8, 8, List.of(0.5f, 0.4f, 0.3f), List.of(0.5f, 0.25f, 0.2f));

        try (ImageDecoder normalising = new ImageDecoder(spec, DecodeLimits.defaults())) {
            ImageTensor image = normalising.decode(encode(picture, "png"));

            int rgb = picture.getRGB(3, 2);
            assertThat(image.values()[2 * 8 + 3]).isCloseTo(((rgb >> 16 & 255) / 255f - 0.5f) / 0.5f, within(1e-6f));
            assertThat(image.values()[64 + 2 * 8 + 3])
                    .isCloseTo(((rgb >> 8 & 255) / 255f - 0.4f) / 0.25f, within(1e-6f));
            assertThat(image.values()[128 + 2 * 8 + 3]).isCloseTo(((rgb & 255) / 255f - 0.3f) / 0.2f, within(1e-6f));
        }
    }

    @Test
    void averagesFinePatternsInsteadOfPickingPixels() throws Exception {
        BufferedImage stripes = new BufferedImage(800, 800, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 800; y++) {
            for (int x = 0; x < 800; x += 2) {
                stripes.setRGB(x, y, 0xFFFFFF);
            }
        }

        for (float value : decoder.decode(encode(stripes, "bmp")).values()) {
            assertThat(value).isCloseTo(0.5f, within(0.02f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp"})
    void readsALargePhotograph(String format) throws Exception {
        BufferedImage large = new BufferedImage(6000, 4000, BufferedImage.TYPE_3BYTE_BGR);
        large.createGraphics().fillRect(3000, 0, 3000, 4000);

        ImageTensor image = wide.decode(encode(large, format));

        assertThat(quarters(image)).isEqualTo("KWKW");
        assertThat(image.originalWidth()).isEqualTo(6000);
    }

    @Test
    void refusesAnEmptyFile() {
        refused(new byte[0], "The picture is empty (0 bytes); send the file's content.");
    }

    @Test
    void refusesATextNamedJpg() {
        refused(
                "hello, this is text".getBytes(StandardCharsets.UTF_8),
                "The bytes are not a picture this worker can read (JPEG, PNG, WebP, GIF, BMP, TIFF); they begin with"
                        + " 'hell'...");
    }

    @Test
    void refusesAHugeHeaderWithoutDecoding() throws Exception {
        byte[] huge = encode(noise(8, 8), "png");
        ByteBuffer.wrap(huge).putInt(16, 50_000).putInt(20, 50_000);
        CRC32 crc = new CRC32();
        crc.update(huge, 12, 17);
        ByteBuffer.wrap(huge).putInt(29, (int) crc.getValue());

        refused(
                huge,
                "The picture's header says 50000x50000 px, 2500 megapixels, and this worker decodes at most 40; send a"
                        + " smaller one.");
    }

    @Test
    void refusesAFileBeyondTheByteLimit() {
        refused(
                Arrays.copyOf(Fixtures.picture("plain.jpg"), 20 * 1024 * 1024 + 1),
                "The picture has 20971521 bytes and this worker takes at most 20971520; send a smaller one.");
    }

    @Test
    void refusesAPngCutShort() throws Exception {
        byte[] png = encode(noise(64, 64), "png");

        refused(
                Arrays.copyOf(png, png.length / 2),
                "The PNG picture is cut short: its data ends after " + png.length / 2
                        + " bytes, before the picture does; send the whole file.");
    }

    @Test
    void refusesAPngWithAByteChanged() throws Exception {
        byte[] png = encode(noise(64, 64), "png");
        png[png.length / 2] ^= 1;

        assertThatThrownBy(() -> decoder.decode(png))
                .isInstanceOf(BadImageException.class)
                .hasMessageStartingWith("The PNG picture is damaged (checksum of its IDAT chunk at byte ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "gif", "bmp", "tiff"})
    void refusesEveryFormatCutShort(String format) throws Exception {
        byte[] bytes = encode(noise(64, 64), format);

        for (int percent : new int[] {2, 10, 50, 90}) {
            assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(bytes, bytes.length * percent / 100)))
                    .as("%s cut to %d %%", format, percent)
                    .isInstanceOf(BadImageException.class);
        }
    }

    @Test
    void refusesAWebpCutShort() {
        byte[] webp = Fixtures.picture("lossy.webp");

        refused(
                Arrays.copyOf(webp, 60),
                "The WEBP picture is cut short: its data ends after 60 bytes, before the picture does; send the whole"
                        + " file.");
    }

    @Test
    void survivesEveryKindOfDamage() throws Exception {
        Random random = new Random(7);
        for (String file :
                List.of("plain.jpg", "cmyk.jpg", "lossy.webp", "lzw.tiff", "animated.gif", "plain.bmp", "grey16.png")) {
            byte[] sound = Fixtures.picture(file);
            for (int round = 0; round < 60; round++) {
                byte[] damaged = sound.clone();
                for (int i = 0; i < 1 + round / 10; i++) {
                    damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
                }
                try {
                    assertThat(decoder.decode(damaged).values()).hasSize(192);
                } catch (BadImageException e) {
                    assertThat(e.getMessage()).endsWith(".").doesNotContain("\n");
                }
            }
        }
        assertThat(quarters(decoder.decode(Fixtures.picture("plain.jpg")))).isEqualTo("RBRB");
    }

    @Test
    void givesUpAPictureThatTakesTooLong() throws Exception {
        DecodeLimits hurried = new DecodeLimits(40_000_000, 200_000_000, Duration.ofNanos(1));
        try (ImageDecoder impatient = new ImageDecoder(EIGHT, hurried)) {
            byte[] picture = encode(noise(1500, 1500), "png");

            assertThatThrownBy(() -> impatient.decode(picture))
                    .isInstanceOf(BadImageException.class)
                    .hasMessageStartingWith("Decoding the PNG picture took longer than ");
        }
    }

    @Test
    void equalPicturesAreEqualWhateverTheirFile() throws Exception {
        ImageTensor webp = decoder.decode(Fixtures.picture("plain.webp"));
        ImageTensor bmp = decoder.decode(Fixtures.picture("plain.bmp"));

        assertThat(webp).isEqualTo(bmp).hasSameHashCodeAs(bmp);
        assertThat(webp).isNotEqualTo(decoder.decode(Fixtures.picture("orientation-3.jpg")));
    }

    private static BufferedImage noise(int width, int height) {
        Random random = new Random(1);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        return image;
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }
}
